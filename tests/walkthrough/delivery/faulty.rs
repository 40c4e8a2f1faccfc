//! An endpoint that allows the hub and then does with events what no good one does, byte by byte.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// What it does with an event.
#[derive(Clone, Copy)]
pub enum Does {
    /// Writes this, and ends the connection.
    Says(&'static str),
    /// Writes this, and then a body without an end.
    SaysWithoutEnd(&'static str),
    /// Answers when nobody waits any more.
    SaysTooLate,
}

pub const ACCEPTS: Does = Does::Says("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
const ALLOWS: &str =
    "HTTP/1.1 200 OK\r\nwebhook-allowed-origin: *\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

pub struct Faulty {
    pub url: String,
    does: watch::Sender<Does>,
    got: mpsc::UnboundedReceiver<Got>,
    _serving: JoinSet<()>,
}

/// An event that came.
pub struct Got {
    pub sequence: u64,
    pub at: Instant,
    /// Whether it was accepted.
    pub accepted: bool,
}

impl Faulty {
    pub async fn start(first: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let (does, current) = watch::channel(first);
        let (sender, got) = mpsc::unbounded_channel();
        let (current, sender) = (Arc::new(current), Arc::new(sender));
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (current, sender) = (Arc::clone(&current), Arc::clone(&sender));
                // Whoever posts may have gone.
                connections.spawn(async move { drop(answer(stream, &current, &sender).await) });
            }
        });
        Self { url, does, got, _serving: serving }
    }

    /// Accepts from now on.
    pub fn mend(&self) {
        self.does.send_replace(ACCEPTS);
    }

    pub async fn next(&mut self) -> Got {
        self.got.recv().await.unwrap()
    }
}

async fn answer(
    mut stream: TcpStream,
    current: &watch::Receiver<Does>,
    got: &mpsc::UnboundedSender<Got>,
) -> std::io::Result<()> {
    let mut request = String::new();
    // The body is of no interest here.
    while !request.contains("\r\n\r\n") {
        let mut part = [0; 4_096];
        let read = stream.read(&mut part).await?;
        if read == 0 {
            return Ok(());
        }
        request += &String::from_utf8_lossy(&part[..read]);
    }
    if request.starts_with("OPTIONS") {
        return stream.write_all(ALLOWS.as_bytes()).await;
    }
    let sequence = request.lines().find_map(|line| line.strip_prefix("samflyt-sequence: ")).unwrap();
    let does = *current.borrow();
    let accepted = matches!(does, Does::Says(text) if text.starts_with("HTTP/1.1 2"));
    let _ = got.send(Got { sequence: sequence.parse().unwrap(), at: Instant::now(), accepted });
    match does {
        Does::Says(text) => stream.write_all(text.as_bytes()).await,
        Does::SaysWithoutEnd(head) => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(&[b'x'; 1_024]).await?;
            }
        }
        Does::SaysTooLate => {
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            stream.write_all(ALLOWS.as_bytes()).await
        }
    }
}

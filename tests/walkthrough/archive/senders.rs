//! Clients that send one numbered letter after the other, however often the hub is killed.

use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::join_all;
use samflyt::client::Client;
use tokio::sync::watch;
use tonic::{Code, Status};

use crate::process::HubProcess;

pub struct Senders<S> {
    /// Sends the letter of a number; sent again, it is the same letter.
    send: S,
    /// How many letters there are.
    letters: u64,
    next: AtomicU64,
    /// What each client has sent and nobody acknowledged.
    pending: Vec<Option<u64>>,
    acknowledged: watch::Sender<u64>,
}

impl<S: AsyncFn(&Client, u64) -> Result<(), Status>> Senders<S> {
    pub fn new(clients: usize, letters: u64, send: S) -> Self {
        let (next, acknowledged) = (AtomicU64::new(0), watch::Sender::new(0));
        Self { send, letters, next, pending: vec![None; clients], acknowledged }
    }

    /// Sends until so many are acknowledged and something else is seen, and kills the hub.
    pub async fn round(&mut self, hub: HubProcess, until: u64, seen: impl Future<Output = ()>) {
        let mut acknowledged = self.acknowledged.subscribe();
        let mut clients = Vec::new();
        for _ in 0..self.pending.len() {
            clients.push(hub.operator().await);
        }
        let killing = async {
            acknowledged.wait_for(|count| *count >= until).await.unwrap();
            seen.await;
            hub.kill().await;
        };
        tokio::join!(self.go_on(clients), killing);
    }

    /// Goes on until all are sent, or the hub is gone.
    pub async fn go_on(&mut self, clients: Vec<Client>) {
        let Self { send, letters, next, pending, acknowledged } = self;
        let sending = clients.into_iter().zip(pending).map(async |(client, pending)| {
            loop {
                let number = *pending.get_or_insert_with(|| next.fetch_add(1, Ordering::Relaxed));
                if number >= *letters {
                    *pending = None;
                    return;
                }
                match send(&client, number).await {
                    Ok(()) => {
                        *pending = None;
                        acknowledged.send_modify(|count| *count += 1);
                    }
                    Err(status) => {
                        let gone = [Code::Unavailable, Code::Unknown, Code::Cancelled, Code::Internal];
                        assert!(gone.contains(&status.code()), "{status}");
                        return;
                    }
                }
            }
        });
        join_all(sending).await;
    }
}

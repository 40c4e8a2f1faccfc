//! An endpoint that events are posted to, as one is written against the standards: it allows the hub, checks signatures by
//! itself, and answers as a test has it.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// How it answers an event, told by its case.
pub type Answers = fn(&str) -> (StatusCode, &'static [(&'static str, &'static str)]);

pub struct Endpoint {
    pub url: String,
    /// What it answers from now on. None: it does not allow the hub.
    pub answers: watch::Sender<Option<Answers>>,
    pub got: mpsc::UnboundedReceiver<Posted>,
    _serving: JoinSet<()>,
}

/// A request that came.
#[derive(Debug)]
pub struct Posted {
    pub headers: HeaderMap,
    pub body: Bytes,
    pub status: StatusCode,
}

pub fn accepts(_: &str) -> (StatusCode, &'static [(&'static str, &'static str)]) {
    (StatusCode::NO_CONTENT, &[])
}

struct Inner {
    answers: watch::Receiver<Option<Answers>>,
    posted: mpsc::UnboundedSender<Posted>,
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answers = *inner.answers.borrow();
    let Some(answers) = answers else { return StatusCode::METHOD_NOT_ALLOWED.into_response() };
    if method == Method::OPTIONS {
        let origin = headers["webhook-request-origin"].clone();
        return ([("webhook-allowed-origin", origin)], ()).into_response();
    }
    let case = headers["ce-subject"].to_str().unwrap();
    let (status, more) = answers(case);
    let mut response = status.into_response();
    for (name, value) in more {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    inner.posted.send(Posted { headers, body, status }).unwrap();
    response
}

impl Endpoint {
    pub async fn start(first: Option<Answers>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let (answers, current) = watch::channel(first);
        let (posted, got) = mpsc::unbounded_channel();
        let router = Router::new().fallback(answer).with_state(Arc::new(Inner { answers: current, posted }));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, answers, got, _serving: serving }
    }

    /// The sequences of so many events that it accepts from now on.
    pub async fn take(&mut self, count: usize) -> Vec<u64> {
        let mut sequences = Vec::new();
        while sequences.len() < count {
            let posted = self.got.recv().await.unwrap();
            if posted.status.is_success() {
                sequences.push(posted.sequence());
            }
        }
        sequences
    }
}

impl Posted {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn sequence(&self) -> u64 {
        self.header("samflyt-sequence").parse().unwrap()
    }

    /// How many of its signatures a secret made.
    pub fn signed_by(&self, secret: &str) -> usize {
        let secret = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let head = format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp"));
        let signed = [head.as_bytes(), &self.body].concat();
        let is_of_it = |one: &&str| {
            let signature = STANDARD.decode(one.strip_prefix("v1,").unwrap()).unwrap();
            hmac::verify(&key, &signed, &signature).is_ok()
        };
        self.header("webhook-signature").split(' ').filter(is_of_it).count()
    }
}

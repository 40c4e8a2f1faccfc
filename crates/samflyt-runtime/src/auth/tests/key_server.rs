//! A server of a key set, on a real socket, that counts its requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use parking_lot::Mutex;
use tokio::task::JoinHandle;

use super::super::JwksLocation;

pub struct KeyServer {
    served: Arc<Served>,
    url: String,
    task: JoinHandle<()>,
}

struct Served {
    answer: Mutex<(StatusCode, String)>,
    requests: AtomicUsize,
}

impl KeyServer {
    pub async fn serving(document: String) -> Self {
        let answer = Mutex::new((StatusCode::OK, document));
        let served = Arc::new(Served { answer, requests: AtomicUsize::new(0) });
        let shared = Arc::clone(&served);
        let answer = move || async move {
            shared.requests.fetch_add(1, Ordering::SeqCst);
            // Long enough for concurrent requests to meet.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            shared.answer.lock().clone()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwk", listener.local_addr().unwrap());
        let router = Router::new().route("/jwk", get(answer));
        #[allow(clippy::disallowed_methods, reason = "ended when the server is dropped")]
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { served, url, task }
    }

    pub fn serve(&self, document: String) {
        *self.served.answer.lock() = (StatusCode::OK, document);
    }

    pub fn fail(&self) {
        *self.served.answer.lock() = (StatusCode::INTERNAL_SERVER_ERROR, String::new());
    }

    pub fn requests(&self) -> usize {
        self.served.requests.load(Ordering::SeqCst)
    }

    pub fn location(&self) -> JwksLocation {
        self.url.clone().try_into().unwrap()
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

//! The local door: `POST /events` on this machine, in the form that the hub's own gateway takes over HTTP.
//!
//! Kept true: only this machine reaches it, and only who may read the folder: the token is a file in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use samflyt_events::{Reason, Refusal};
use samflyt_runtime::refused;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use super::{Outbox, PutError, Receipt, disk};
use crate::document::hexadecimal;

const ADDRESS: &str = "door.json";
const TOKEN: &str = "door-token";
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// After a full outbox.
const RETRY_AFTER_S: &str = "60";

/// Where the door of a running outbox is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Of `POST /events`.
    pub url: String,
}

impl Address {
    /// Where the outbox of a folder listens, and the token that opens it.
    ///
    /// # Errors
    /// Where it has no door, or the files may not be read.
    pub fn read(dir: &Path) -> io::Result<(Self, String)> {
        let address = serde_json::from_slice(&fs::read(dir.join(ADDRESS))?)?;
        Ok((address, fs::read_to_string(dir.join(TOKEN))?.trim().to_owned()))
    }
}

/// An open door.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    pub address: Address,
    token: [u8; 32],
}

impl Door {
    /// Listens on this machine; port 0 is any. Writes the address and the token into the folder.
    ///
    /// # Errors
    /// Where the port is taken, or the files cannot be written.
    pub async fn open(dir: &Path, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let address = Address { url: format!("http://{}/events", listener.local_addr()?) };
        let token = token(dir)?;
        disk::replace(dir, ADDRESS, &serde_json::to_vec(&address)?)?;
        Ok(Self { listener, address, token: Sha256::digest(token.as_bytes()).into() })
    }

    /// Takes events, without an end. May be dropped at any time.
    ///
    /// # Errors
    /// Where the listener fails.
    pub async fn serve(self, outbox: Arc<Outbox>) -> io::Result<()> {
        let inside = Arc::new(Inside { outbox, token: self.token });
        let router = Router::new().route("/events", post(take)).with_state(inside);
        axum::serve(self.listener, router).await
    }
}

struct Inside {
    outbox: Arc<Outbox>,
    /// Its digest: compared, it tells nothing by the time that it takes.
    token: [u8; 32],
}

/// The token in the folder, made where there is none.
fn token(dir: &Path) -> io::Result<String> {
    let path = dir.join(TOKEN);
    match fs::read_to_string(&path) {
        Ok(token) if token.trim().len() >= 32 => return Ok(token.trim().to_owned()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut chance = [0_u8; 32];
    File::open("/dev/urandom")?.read_exact(&mut chance)?;
    let token = hexadecimal(Sha256::new_with_prefix(chance));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    writeln!(file, "{token}")?;
    file.sync_all()?;
    Ok(token)
}

async fn take(State(inside): State<Arc<Inside>>, headers: HeaderMap, body: Body) -> Response {
    let text =
        |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let given = text(header::AUTHORIZATION).strip_prefix("Bearer ").map(str::trim);
    match given {
        Some(given) if <[u8; 32]>::from(Sha256::digest(given.as_bytes())) == inside.token => {}
        given => {
            let reason = if given.is_none() { Reason::TokenMissing } else { Reason::TokenInvalid };
            let message = "send the token of the file `door-token` in the outbox's folder as a bearer token";
            return problem(&Refusal::new(reason, message));
        }
    }
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return problem(&samflyt_events::too_large(BODY_BYTES_MAX + 1, BODY_BYTES_MAX));
    };
    let media = text(header::CONTENT_TYPE).split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match media.as_str() {
        "application/cloudevents+json" => one(inside.outbox.put(&body).await),
        "application/cloudevents-batch+json" => batch(&inside.outbox, &body).await,
        _ => problem(&Refusal::of_field(
            Reason::EnvelopeInvalid,
            "/datacontenttype",
            "is no form of CloudEvents that the outbox takes",
            "use application/cloudevents+json or application/cloudevents-batch+json",
        )),
    }
}

fn one(put: Result<Receipt, PutError>) -> Response {
    match put {
        Ok(receipt) => (StatusCode::ACCEPTED, Json(json!(receipt))).into_response(),
        Err(error) => answer(&problem_of(&error)),
    }
}

/// Each by itself, in their order; put together, so that they share an fsync.
async fn batch(outbox: &Outbox, body: &[u8]) -> Response {
    let Ok(events) = serde_json::from_slice::<Vec<&RawValue>>(body) else {
        let advice = "send a JSON array of CloudEvents";
        return problem(&Refusal::of_field(Reason::EnvelopeInvalid, "", "is not a JSON array", advice));
    };
    let outcomes = outbox.put_all(events.iter().map(|event| event.get().as_bytes())).await;
    let all = outcomes.iter().all(Result::is_ok);
    let answers: Vec<Value> = events
        .iter()
        .zip(&outcomes)
        .map(|(event, outcome)| match outcome {
            Ok(receipt) => json!({"id": id_of(event), "accepted": receipt}),
            Err(error) => json!({"id": id_of(event), "refused": problem_of(error)}),
        })
        .collect();
    let status = if all { StatusCode::ACCEPTED } else { StatusCode::MULTI_STATUS };
    (status, Json(json!(answers))).into_response()
}

fn id_of(event: &RawValue) -> String {
    let value: Value = serde_json::from_str(event.get()).unwrap_or_default();
    value.get("id").and_then(Value::as_str).unwrap_or_default().chars().take(128).collect()
}

fn problem_of(error: &PutError) -> Value {
    let (title, status) = match error {
        PutError::Invalid(refusal) => return refused::problem(refusal),
        PutError::Full { .. } => ("OUTBOX_FULL", 503),
        PutError::Disk(_) => ("OUTBOX_DISK", 500),
    };
    json!({
        "type": format!("urn:samflyt:problem:{title}"), "title": title, "status": status, "detail": error.to_string(),
    })
}

fn problem(refusal: &Refusal) -> Response {
    answer(&refused::problem(refusal))
}

/// A problem document (RFC 9457).
fn answer(problem: &Value) -> Response {
    let status = problem["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, problem.to_string()).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static(RETRY_AFTER_S));
    }
    answer
}

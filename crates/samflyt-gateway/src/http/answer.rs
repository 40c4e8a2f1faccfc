//! What publishers are told, as JSON: the same over HTTP and over NATS.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use samflyt_events::{Reason, Refusal};
use samflyt_runtime::refused;
use serde_json::{Value, json};

use crate::intake::Receipt;

/// A receipt as JSON.
pub(super) fn receipt(receipt: &Receipt) -> Value {
    json!({
        "tenant": receipt.tenant,
        "sequence": receipt.sequence,
        "duplicate": receipt.duplicate,
        "contract_version": receipt.contract.map(|version| version.to_string()).unwrap_or_default(),
    })
}

/// What became of one event of several: `{"id": …, "accepted": {…}}` or `{"id": …, "refused": {problem}}`.
pub(crate) fn outcome(id: &str, outcome: &Result<Receipt, Refusal>) -> Value {
    match outcome {
        Ok(accepted) => json!({"id": id, "accepted": receipt(accepted)}),
        Err(refusal) => json!({"id": id, "refused": refused::problem(refusal)}),
    }
}

/// A refusal as a problem document (RFC 9457).
pub(super) struct Problem(pub Refusal);

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(refused::codes(self.0.reason).1).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, refused::problem(&self.0).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(self.0.reason, Reason::TokenMissing | Reason::TokenInvalid) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(pause) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(pause.as_secs().max(1)));
        }
        response
    }
}

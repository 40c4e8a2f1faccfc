//! Documents over HTTP: `PUT`, `HEAD` and `GET` of `/v1/documents/<tenant>/<sha256>`. The gateway's OpenAPI description
//! describes them.

mod get;
mod head;
mod put;
mod range;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, header};
use axum::routing::put;
use samflyt_events::Refusal;
use samflyt_runtime::Caller;

use crate::documents::DocumentStore;

/// How far an upload came, in bytes.
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

pub(crate) fn router(store: Arc<DocumentStore>) -> Router {
    let document = put(put::put).get(get::get).head(head::head);
    Router::new().route("/v1/documents/{tenant}/{sha256}", document).with_state(store)
}

async fn caller(store: &DocumentStore, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or(""));
    Caller::of_header(&store.deps.authenticator, authorization).await
}

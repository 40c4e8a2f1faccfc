//! Fiks Arkiv messages over HTTP. The gateway's OpenAPI description describes them.

mod answers;
mod confirm;
mod file;
mod form;
mod post;
mod subscribe;
mod view;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use samflyt_events::Refusal;
use samflyt_runtime::Caller;

use super::check::{Fields, invalid};
use crate::Archive;

pub(super) const FIELDS: Fields = Fields {
    tenant: "/kommune",
    system: "/system",
    kind: "/meldingstype",
    client_id: "/klientMeldingId",
    correlation: "/klientKorrelasjonsId",
    payload: "/payload",
    files: "/filer",
};

pub(crate) fn router(archive: Arc<Archive>) -> Router {
    // What a form may hold is limited part by part.
    let send = post(post::post).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/fiks-arkiv/v1/meldinger", send)
        .route("/fiks-arkiv/v1/meldinger/{id}/svar", get(answers::get))
        .route("/fiks-arkiv/v1/meldinger/{id}/svar/{answer}/filer/{name}", get(file::get))
        .route("/fiks-arkiv/v1/svar", get(subscribe::get))
        .route("/fiks-arkiv/v1/svar/{answer}/bekreft", post(confirm::post))
        .with_state(archive)
}

async fn caller(archive: &Archive, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or(""));
    Caller::of_header(&archive.deps.authenticator, authorization).await
}

/// Seconds to wait, as a query says them.
fn wait(vent: Option<&str>) -> Result<Duration, Refusal> {
    let seconds = vent.unwrap_or("0").parse();
    let advice = "give seconds, at most 60";
    seconds.map(Duration::from_secs).map_err(|_| invalid("/vent", "is no number of seconds", advice))
}

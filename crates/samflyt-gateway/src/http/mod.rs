//! CloudEvents 1.0 over HTTP: `POST /v1/events` in binary, structured and batched mode.

mod answer;
mod cloudevents;
mod events;

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};

use crate::Intake;

pub(crate) use answer::outcome;
pub(crate) use cloudevents::{binary, structured};

/// The description of the HTTP side, OpenAPI 3.1.
pub const OPENAPI: &str = include_str!("openapi.json");

pub(crate) fn router(intake: Arc<Intake>) -> Router {
    Router::new()
        .route("/v1/events", post(events::publish))
        .route("/v1/openapi.json", get(async || ([(CONTENT_TYPE, "application/json")], OPENAPI)))
        .with_state(intake)
}

//! `/livez`, `/readyz`, `/metrics`.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use samflyt_log::Log;
use samflyt_runtime::{Lifecycle, telemetry};

pub(super) fn router(log: Log, lifecycle: Lifecycle) -> Router {
    let ready = async move || {
        if lifecycle.intake.is_cancelled() {
            (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
        } else if log.is_connected() {
            (StatusCode::OK, "ready\n")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "the broker is gone\n")
        }
    };
    let metrics = async || ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], telemetry::render());
    Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

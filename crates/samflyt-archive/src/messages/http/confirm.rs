//! `POST /fiks-arkiv/v1/svar/{answer}/bekreft`: an answer arrived.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use samflyt_runtime::Problem;

use super::caller;
use crate::Archive;

pub(super) async fn post(
    State(archive): State<Arc<Archive>>,
    Path(answer): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let caller = caller(&archive, &headers).await?;
    archive.confirm(&caller, &answer).await?;
    Ok(StatusCode::NO_CONTENT)
}

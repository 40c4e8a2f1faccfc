//! `GET /fiks-arkiv/v1/meldinger/{id}/svar`: the answers to a message; waits for the last.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use samflyt_runtime::Problem;
use serde::Deserialize;
use serde_json::Value;

use super::{caller, view, wait};
use crate::Archive;

#[derive(Deserialize)]
pub(super) struct Asked {
    vent: Option<String>,
}

pub(super) async fn get(
    State(archive): State<Arc<Archive>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Json<Vec<Value>>, Problem> {
    let caller = caller(&archive, &headers).await?;
    let answers = archive.answers(&caller, &id, wait(asked.vent.as_deref())?).await?;
    Ok(Json(answers.iter().map(view::answer).collect()))
}

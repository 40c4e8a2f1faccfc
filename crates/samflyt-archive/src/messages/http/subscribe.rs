//! `GET /fiks-arkiv/v1/svar`: a system's answers that are not confirmed, oldest first; waits for one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use samflyt_events::{SystemId, TenantId};
use samflyt_runtime::Problem;
use serde::Deserialize;
use serde_json::Value;

use super::{FIELDS, caller, view, wait};
use crate::Archive;
use crate::messages::check::invalid;
use crate::messages::door::ANSWERS_MAX;
use crate::messages::id::Part;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    kommune: String,
    #[serde(default)]
    system: String,
    vent: Option<String>,
}

pub(super) async fn get(
    State(archive): State<Arc<Archive>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Json<Vec<Value>>, Problem> {
    let caller = caller(&archive, &headers).await?;
    let wrong = |field, rule: String| invalid(field, &rule, "name municipality and system in the query");
    let tenant = TenantId::new(&asked.kommune).map_err(|rule| wrong(FIELDS.tenant, rule.to_string()))?;
    let system = SystemId::new(&asked.system).map_err(|rule| wrong(FIELDS.system, rule.to_string()))?;
    archive.admit_system(&caller, &tenant, &system, FIELDS.system)?;
    let desk = archive.desk(&tenant).await?;
    let look = || Some(desk.to_fetch(&system, (0, Part::Receipt), ANSWERS_MAX)).filter(|all| !all.is_empty());
    let waiting = archive.wait_for(&desk, wait(asked.vent.as_deref())?, look).await.unwrap_or_default();
    let mut answers = Vec::with_capacity(waiting.len());
    for (row, given) in waiting {
        answers.extend(desk.fetch(&row, &given).await?.as_ref().map(view::answer));
    }
    Ok(Json(answers))
}

//! `POST /v1/events`.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use samflyt_events::{Draft, Reason, Refusal, too_large};
use samflyt_runtime::{Caller, Problem};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::answer::{outcome, receipt};
use super::{binary, structured};
use crate::Intake;
use crate::intake::Receipt;

/// Room for the attributes and the JSON around the data of one event.
const ENVELOPE_BYTES: usize = 64 * 1024;

pub(super) async fn publish(
    State(intake): State<Arc<Intake>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or(""));
    let caller = Caller::of_header(&intake.deps.authenticator, authorization).await?;
    let validate_only = validate_only(query.as_deref())?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if media == "application/cloudevents-batch+json" {
        let text = read(body, intake.config.batch_bytes_max).await?;
        return batch(&intake, &caller, &text, validate_only).await;
    }
    let text = read(body, intake.config.event_bytes_max + ENVELOPE_BYTES).await?;
    let draft = if media == "application/cloudevents+json" {
        structured(&text)?
    } else if media.starts_with("application/cloudevents") {
        let rule = "is no form of CloudEvents that the hub takes";
        let advice = "use application/cloudevents+json or application/cloudevents-batch+json, or binary mode";
        return Err(Refusal::of_field(Reason::EnvelopeInvalid, "/datacontenttype", rule, advice).into());
    } else {
        let attributes = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        binary(attributes, content_type, &text)?
    };
    let published = intake.publish(&caller, draft, validate_only).await?;
    Ok(Json(receipt(&published)).into_response())
}

fn validate_only(query: Option<&str>) -> Result<bool, Refusal> {
    match query {
        None | Some("" | "validate_only=false") => Ok(false),
        Some("validate_only=true" | "validate_only") => Ok(true),
        Some(_) => {
            let advice = "the only one is `validate_only=true`";
            Err(Refusal::of_field(
                Reason::RequestInvalid,
                "/query",
                "has parameters that the hub does not know",
                advice,
            ))
        }
    }
}

async fn read(body: Body, bytes_max: usize) -> Result<Vec<u8>, Refusal> {
    match to_bytes(body, bytes_max).await {
        Ok(bytes) => Ok(bytes.into()),
        // The other error is a client that broke off: nobody hears the answer.
        Err(_) => Err(too_large(bytes_max.saturating_add(1), bytes_max)),
    }
}

/// Each event by itself; those of one entity in their order.
async fn batch(
    intake: &Arc<Intake>,
    caller: &Caller,
    text: &[u8],
    validate_only: bool,
) -> Result<Response, Problem> {
    let advice = "send a JSON array of CloudEvents";
    let invalid = |rule: &str| Refusal::of_field(Reason::EnvelopeInvalid, "", rule, advice);
    let events: Vec<&RawValue> = serde_json::from_slice(text).map_err(|_| invalid("is not a JSON array"))?;
    let most = intake.config.batch_events_max;
    if events.len() > most {
        let rule = format!("has more than {most} events");
        return Err(Refusal::of_field(Reason::TooLarge, "", rule, "send several batches").into());
    }
    let mut drafts: Vec<(String, Result<Draft, Refusal>)> = Vec::with_capacity(events.len());
    for event in events {
        let draft = structured(event.get().as_bytes());
        let id = draft.as_ref().map_or_else(|_| id_of(event), |draft| draft.id.chars().take(128).collect());
        drafts.push((id, draft));
    }
    let outcomes = publish_all(intake, caller, drafts, validate_only).await;
    let refused = outcomes.iter().any(|(_, outcome)| outcome.is_err());
    let status = if refused { StatusCode::MULTI_STATUS } else { StatusCode::OK };
    let answers: Vec<Value> = outcomes.iter().map(|(id, result)| outcome(id, result)).collect();
    Ok((status, Json(json!(answers))).into_response())
}

type Outcomes = Vec<(String, Result<Receipt, Refusal>)>;

async fn publish_all(
    intake: &Arc<Intake>,
    caller: &Caller,
    drafts: Vec<(String, Result<Draft, Refusal>)>,
    validate_only: bool,
) -> Outcomes {
    // Events of one entity go one after the other, different entities side by side.
    let mut lanes: std::collections::BTreeMap<(String, String), Vec<usize>> =
        std::collections::BTreeMap::new();
    let mut outcomes: Vec<Option<Result<Receipt, Refusal>>> = vec![None; drafts.len()];
    let mut waiting: Vec<Option<Draft>> = Vec::with_capacity(drafts.len());
    let mut ids = Vec::with_capacity(drafts.len());
    for (index, (id, draft)) in drafts.into_iter().enumerate() {
        ids.push(id);
        match draft {
            Ok(draft) => {
                lanes.entry((draft.tenant.clone(), draft.subject.clone())).or_default().push(index);
                waiting.push(Some(draft));
            }
            Err(refusal) => {
                outcomes[index] = Some(Err(refusal));
                waiting.push(None);
            }
        }
    }
    let mut running: FuturesOrdered<_> = lanes
        .into_values()
        .map(|lane| {
            let drafts: Vec<(usize, Draft)> =
                lane.into_iter().filter_map(|index| Some((index, waiting[index].take()?))).collect();
            publish_lane(intake, caller, drafts, validate_only)
        })
        .collect();
    while let Some(lane) = running.next().await {
        for (index, result) in lane {
            outcomes[index] = Some(result);
        }
    }
    let lost = || Err(Refusal::new(Reason::LogUnavailable, "the event was not tried: send it again"));
    ids.into_iter().zip(outcomes).map(|(id, result)| (id, result.unwrap_or_else(lost))).collect()
}

async fn publish_lane(
    intake: &Arc<Intake>,
    caller: &Caller,
    drafts: Vec<(usize, Draft)>,
    validate_only: bool,
) -> Vec<(usize, Result<Receipt, Refusal>)> {
    let mut results = Vec::with_capacity(drafts.len());
    let mut failed: Option<Refusal> = None;
    for (index, draft) in drafts {
        let result = match &failed {
            Some(refusal) => Err(refusal.clone()),
            None => intake.publish(caller, draft, validate_only).await,
        };
        if let Err(refusal) = &result
            && refusal.retry_after.is_some()
        {
            failed = Some(refusal.clone());
        }
        results.push((index, result));
    }
    results
}

/// The id of an event that could not be read, where it has one.
fn id_of(event: &RawValue) -> String {
    let value: Value = serde_json::from_str(event.get()).unwrap_or_default();
    value.get("id").and_then(Value::as_str).unwrap_or_default().chars().take(128).collect()
}

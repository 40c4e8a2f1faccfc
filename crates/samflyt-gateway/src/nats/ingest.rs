//! Events by request on `ingest.<tenant>.<system>`. The reply is `{"id": …, "accepted": …}` or `{"id": …, "refused": …}`.
//!
//! A system that needs order waits for each reply before it sends the next event of an entity.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{HeaderMap, Message};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use samflyt_events::subject::parse_ingest;
use samflyt_events::{Draft, Reason, Refusal, SOURCE_PREFIX, SystemId, TenantId};
use samflyt_runtime::{Caller, Lifecycle};

use super::name::caller_of;
use super::{QUEUE, connect};
use crate::Intake;
use crate::http::{binary, outcome, structured};
use crate::intake::Receipt;

/// Added by the broker to what crosses from one account to another.
const REQUEST_INFO: &str = "Nats-Request-Info";
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Keeps a tenant's door open.
pub(super) fn open(intake: &Arc<Intake>, lifecycle: &Lifecycle, tenant: TenantId) {
    let (intake, stop) = (Arc::clone(intake), lifecycle.intake.clone());
    lifecycle.spawn_intake("ingest of a tenant", async move {
        let mut pause = PAUSE_MIN;
        while !stop.is_cancelled() {
            let served = tokio::select! {
                served = serve(&intake, &tenant, &stop) => served,
                () = async { stop.cancelled().await; tokio::time::sleep(PAUSE_MAX).await } => return Ok(()),
            };
            match served {
                Ok(()) => pause = PAUSE_MIN,
                Err(error) if pause == PAUSE_MIN => {
                    tracing::warn!(%tenant, %error, "the tenant's door on the broker closed; opening it again");
                }
                Err(error) => tracing::debug!(%tenant, %error, "the tenant's door is still closed"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSE_MAX),
            }
        }
        Ok::<(), String>(())
    });
}

/// Takes events until the connection breaks or intake ends.
async fn serve(
    intake: &Arc<Intake>,
    tenant: &TenantId,
    stop: &tokio_util::sync::CancellationToken,
) -> Result<(), async_nats::Error> {
    let client = connect(intake, &format!("samflyt-ingest-{tenant}")).await?;
    let mut messages = client.queue_subscribe(format!("ingest.{tenant}.*"), QUEUE.to_owned()).await?;
    let mut running = FuturesUnordered::new();
    loop {
        let takes = running.len() < intake.config.in_flight_max;
        tokio::select! {
            biased;
            Some((reply, answer)) = running.next(), if !running.is_empty() => client.publish(reply, answer).await?,
            () = stop.cancelled() => break,
            message = messages.next(), if takes => match message {
                None => return Err("the broker ended the subscription".into()),
                Some(Message { reply: None, .. }) => {
                    tracing::debug!(%tenant, "an event came without a reply subject, so nobody could hear of it");
                }
                Some(message) => running.push(take(intake, message)),
            },
        }
    }
    messages.unsubscribe().await?;
    while let Some((reply, answer)) = running.next().await {
        client.publish(reply, answer).await?;
    }
    client.flush().await?;
    Ok(())
}

async fn take(intake: &Intake, message: Message) -> (async_nats::Subject, bytes::Bytes) {
    let reply = message.reply.clone().unwrap_or_else(|| async_nats::Subject::from_static("_"));
    let draft = read(&message);
    let id = draft.as_ref().map(|draft| draft.id.chars().take(128).collect::<String>()).unwrap_or_default();
    let result = match draft {
        Ok(draft) => publish(intake, &message, draft).await,
        Err(refusal) => {
            intake.metrics.refuse(refusal.reason);
            Err(refusal)
        }
    };
    (reply, outcome(&id, &result).to_string().into())
}

async fn publish(intake: &Intake, message: &Message, draft: Draft) -> Result<Receipt, Refusal> {
    let (tenant, system) = parse_ingest(message.subject.as_str()).ok_or_else(Refusal::not_granted)?;
    let caller = caller(message.headers.as_ref()).ok_or_else(Refusal::not_granted)?;
    speaks_for_itself(&draft, &tenant, &system)?;
    intake.publish(&caller, draft, false).await
}

/// Which of those who may publish to this subject. More than one line of it means that somebody forged one.
fn caller(headers: Option<&HeaderMap>) -> Option<Caller> {
    let mut lines = headers?.get_all(REQUEST_INFO);
    let (line, None) = (lines.next()?, lines.next()) else { return None };
    let info: serde_json::Value = serde_json::from_str(line.as_str()).ok()?;
    caller_of(info.get("user")?.as_str()?)
}

/// The event must be of the tenant and the system that the subject names: the broker checked only the subject.
fn speaks_for_itself(draft: &Draft, tenant: &TenantId, system: &SystemId) -> Result<(), Refusal> {
    let advice = "publish each event to the subject of its own tenant and system";
    if draft.tenant != tenant.as_str() {
        let rule = "differs from the tenant in the subject";
        return Err(Refusal::of_field(Reason::EnvelopeInvalid, "/tenant", rule, advice));
    }
    if draft.source.strip_prefix(SOURCE_PREFIX) != Some(system.as_str()) {
        let rule = "differs from the system in the subject";
        return Err(Refusal::of_field(Reason::EnvelopeInvalid, "/source", rule, advice));
    }
    Ok(())
}

fn read(message: &Message) -> Result<Draft, Refusal> {
    let headers = message.headers.as_ref();
    let find = |name: &str| {
        let found = headers?.iter().find(|(header, _)| header.to_string().eq_ignore_ascii_case(name));
        found.and_then(|(_, values)| values.first()).map(|value| value.as_str().to_owned())
    };
    let content_type = find("content-type").unwrap_or_default();
    if content_type.to_ascii_lowercase().starts_with("application/cloudevents") {
        return structured(&message.payload);
    }
    let data_content_type = find("ce-datacontenttype").unwrap_or(content_type);
    let all: Vec<(String, &str)> = headers
        .into_iter()
        .flat_map(HeaderMap::iter)
        .flat_map(|(name, values)| values.iter().map(|value| (name.to_string(), value.as_str())))
        .collect();
    let attributes = all.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    binary(attributes, &data_content_type, &message.payload)
}

//! Messages of the API as JSON: names as in `proto/`, times in RFC 3339, an event as a CloudEvent that can be pushed again.

use prost_types::{Duration, Timestamp};
use samflyt_events::{CONTRACT_PREFIX, SOURCE_PREFIX, TYPE_PREFIX};
use samflyt_proto::common::{Completeness, Event, Position, RecordedEvent, Refusal};
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::show::moment;

/// RFC 3339, or null.
pub(super) fn time(timestamp: Option<&Timestamp>) -> Value {
    moment(timestamp).and_then(|moment| moment.format(&Rfc3339).ok()).map_or(Value::Null, Value::String)
}

/// Seconds with their fraction, or null.
pub(super) fn seconds(duration: Option<&Duration>) -> Value {
    #[allow(clippy::cast_precision_loss)]
    duration.map_or(Value::Null, |d| json!(d.seconds as f64 + f64::from(d.nanos) / 1e9))
}

pub(super) fn completeness(completeness: Option<&Completeness>) -> Value {
    let Some(completeness) = completeness else { return Value::Null };
    json!({
        "positions": completeness.positions.iter().map(position).collect::<Vec<_>>(),
        "truncated": completeness.truncated,
        "rebuilding": completeness.rebuilding,
    })
}

pub(super) fn position(position: &Position) -> Value {
    json!({
        "tenant": position.tenant,
        "stream": position.stream,
        "sequence": position.sequence,
        "head": position.head,
        "lag_events": position.lag_events,
        "head_observed_at": time(position.head_observed_at.as_ref()),
    })
}

pub(super) fn recorded(recorded: &RecordedEvent) -> Value {
    json!({
        "event": recorded.event.as_ref().map(event),
        "sequence": recorded.sequence,
        "learned_at": time(recorded.learned_at.as_ref()),
        "publisher": recorded.publisher,
        "withheld": recorded.withheld,
    })
}

/// A CloudEvent in its structured form; what is empty is left out.
pub(super) fn event(event: &Event) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, text: String| {
        if !text.is_empty() {
            members.insert(name.to_owned(), Value::String(text));
        }
    };
    let prefixed =
        |prefix: &str, text: &str| if text.is_empty() { String::new() } else { format!("{prefix}{text}") };
    put("specversion", "1.0".to_owned());
    put("id", event.id.clone());
    put("source", prefixed(SOURCE_PREFIX, &event.system));
    put("type", prefixed(TYPE_PREFIX, &event.r#type));
    put("tenant", event.tenant.clone());
    put("subject", event.entity.clone());
    put("time", time(event.time.as_ref()).as_str().unwrap_or_default().to_owned());
    if !event.contract_version.is_empty() {
        put("dataschema", format!("{CONTRACT_PREFIX}{}:{}", event.r#type, event.contract_version));
    }
    put("correlationid", event.correlation_id.clone());
    put("causationid", event.causation_id.clone());
    put("corrects", event.corrects.clone());
    put("retracts", event.retracts.clone());
    put("backfill", if event.backfill { "true".to_owned() } else { String::new() });
    put("traceparent", event.traceparent.clone());
    if !event.data.is_empty() {
        members.insert("data".to_owned(), data(&event.data));
    }
    Value::Object(members)
}

/// The data as JSON; null where it is none.
pub(super) fn data(data: &[u8]) -> Value {
    serde_json::from_slice(data).unwrap_or(Value::Null)
}

pub(super) fn refusal(refusal: &Refusal) -> Value {
    let violation =
        |v: &samflyt_proto::common::Violation| json!({"field": v.field, "rule": v.rule, "advice": v.advice});
    json!({
        "reason": refusal.reason,
        "message": refusal.message,
        "violations": refusal.violations.iter().map(violation).collect::<Vec<_>>(),
    })
}

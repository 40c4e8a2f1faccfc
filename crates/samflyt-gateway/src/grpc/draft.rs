//! The message of the API as a draft.

use samflyt_events::{CONTRACT_PREFIX, Draft, SOURCE_PREFIX, TYPE_PREFIX};
use samflyt_proto::common::Event;
use samflyt_runtime::refused;
use time::format_description::well_known::Rfc3339;

pub(super) fn draft(event: Event) -> Draft {
    let prefixed =
        |prefix: &str, text: &str| if text.is_empty() { String::new() } else { format!("{prefix}{text}") };
    let dataschema = if event.contract_version.is_empty() {
        String::new()
    } else {
        format!("{CONTRACT_PREFIX}{}:{}", event.r#type, event.contract_version)
    };
    Draft {
        source: prefixed(SOURCE_PREFIX, &event.system),
        kind: prefixed(TYPE_PREFIX, &event.r#type),
        time: event.time.map(|time| time_text(&time)).unwrap_or_default(),
        dataschema,
        id: event.id,
        tenant: event.tenant,
        subject: event.entity,
        datacontenttype: String::new(),
        correlationid: event.correlation_id,
        causationid: event.causation_id,
        corrects: event.corrects,
        retracts: event.retracts,
        backfill: if event.backfill { "true".to_owned() } else { String::new() },
        traceparent: event.traceparent,
        data: event.data,
    }
}

/// A time that is none becomes a text that is none, so that it is refused like any other.
fn time_text(time: &prost_types::Timestamp) -> String {
    refused::moment(time)
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| "out of range".to_owned())
}

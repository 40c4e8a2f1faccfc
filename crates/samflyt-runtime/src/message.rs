//! Events as messages of the API.

use samflyt_events::{EventRef, RecordedEvent};
use samflyt_proto::common;

use crate::refused::timestamp;

/// An event as a message, with as much of its data as is given.
pub fn recorded(recorded: &RecordedEvent, data: bytes::Bytes) -> common::RecordedEvent {
    let event = &recorded.event;
    let reference = |r: &Option<EventRef>| r.as_ref().map(ToString::to_string).unwrap_or_default();
    common::RecordedEvent {
        event: Some(common::Event {
            id: event.id.to_string(),
            system: event.system.to_string(),
            r#type: event.kind.to_string(),
            tenant: event.tenant.to_string(),
            entity: event.entity.to_string(),
            time: Some(timestamp(event.time)),
            contract_version: event.contract.map(|version| version.to_string()).unwrap_or_default(),
            correlation_id: event.correlation.to_string(),
            causation_id: reference(&event.causation),
            corrects: reference(&event.corrects),
            retracts: reference(&event.retracts),
            backfill: event.backfill,
            traceparent: event.traceparent.clone().unwrap_or_default(),
            data,
        }),
        sequence: recorded.sequence,
        learned_at: Some(timestamp(recorded.learned_at)),
        publisher: event.publisher.as_ref().map(ToString::to_string).unwrap_or_default(),
        withheld: Vec::new(),
    }
}

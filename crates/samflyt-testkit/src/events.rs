//! Events and the contract that they keep to.

use samflyt_events::{Contract, EventType, contract::template};
use samflyt_proto::common::Event;
use samflyt_proto::gateway::PublishEventsRequest;
use samflyt_runtime::refused::timestamp;
use time::macros::datetime;

use crate::hub::Municipality;

/// The type of the events made here.
pub const TYPE: &str = "case.opened";

/// A contract with an entity, a personal field and a limit, and some 400 bytes of room.
pub fn contract() -> Contract {
    let mut contract = template(&EventType::new(TYPE).unwrap());
    contract.persons.clear();
    contract.fields.clear();
    contract.fields.insert(
        "/note".to_owned(),
        serde_json::from_value(serde_json::json!({"concept": "case.note", "personal": true})).unwrap(),
    );
    contract.schema = serde_json::json!({
        "type": "object",
        "required": ["case", "hours"],
        "additionalProperties": false,
        "properties": {
            "case": {"type": "string"},
            "hours": {"type": "integer", "minimum": 0, "maximum": 60},
            "note": {"type": "string", "maxLength": 1_000_000, "pattern": "^[^#]*$"}
        }
    });
    contract
}

/// An event of a case.
pub fn event(of: Municipality, id: &str, case: &str) -> Event {
    Event {
        id: id.to_owned(),
        system: of.system.to_owned(),
        r#type: TYPE.to_owned(),
        tenant: of.tenant.to_owned(),
        entity: case.to_owned(),
        time: Some(timestamp(datetime!(2026-03-02 8:00 UTC))),
        data: serde_json::json!({"case": case, "hours": 20, "note": "ordinary"}).to_string().into(),
        ..Event::default()
    }
}

/// The event as a request of the stream.
pub fn request(event: Event) -> PublishEventsRequest {
    PublishEventsRequest { event: Some(event), validate_only: false }
}

/// An event as it stands in the log, for tests of the log alone.
pub fn recorded(n: usize) -> samflyt_events::Event {
    use samflyt_events::{EntityId, EventId, EventRef, SystemId, TenantId};
    let system = SystemId::new("seljord-oppvekst").unwrap();
    let id = EventId::new(&format!("e-{n}")).unwrap();
    let own = EventRef { system: system.clone(), id: id.clone() };
    samflyt_events::Event {
        correlation: own.as_correlation(),
        id,
        system,
        kind: EventType::new(TYPE).unwrap(),
        tenant: TenantId::new("seljord").unwrap(),
        entity: EntityId::new(&format!("case-{}", n % 10)).unwrap(),
        time: datetime!(2026-03-02 8:00 UTC),
        causation: None,
        corrects: None,
        retracts: None,
        backfill: false,
        traceparent: None,
        contract: None,
        publisher: None,
        digest: None,
        data: br#"{"case":"case-1","hours":20}"#.to_vec().into(),
    }
}

//! Bad input is the normal case: a clear error, the right code, nothing half done, the process alive.

use samflyt_proto::common::Event;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, TestHub, VINJE};
use tonic::Code;

use crate::answers::{publish, refusal};

fn with(change: impl FnOnce(&mut Event)) -> Event {
    let mut event = event(SELJORD, "e", "case-1");
    change(&mut event);
    event
}

fn data(event: &mut Event, text: &str) {
    event.data = text.as_bytes().to_vec().into();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_bad_event_is_refused_with_its_reason_and_field() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    hub.register(VINJE).await;
    let client = hub.client_of(SELJORD).await;
    let person = (0..9).find_map(|serial| samflyt_events::personal::synthetic(1, 1, 1, serial)).unwrap();
    let large = "x".repeat(1024 * 1024);
    let invalid = Code::InvalidArgument;
    let cases: Vec<(&str, Event, Code, &str, &str)> = vec![
        ("not JSON", with(|e| data(e, "SECRET")), invalid, "ENVELOPE_INVALID", "/data"),
        (
            "a member twice",
            with(|e| data(e, r#"{"case":"case-1","case":"SECRET","hours":1}"#)),
            invalid,
            "ENVELOPE_INVALID",
            "/data",
        ),
        ("unknown tenant", with(|e| e.tenant = "atlantis".into()), Code::PermissionDenied, "NOT_GRANTED", ""),
        ("another's tenant", with(|e| e.tenant = "vinje".into()), Code::PermissionDenied, "NOT_GRANTED", ""),
        (
            "unknown system",
            with(|e| e.system = "seljord-telefax".into()),
            Code::NotFound,
            "SYSTEM_UNKNOWN",
            "/source",
        ),
        (
            "another's system",
            with(|e| e.system = "vinje-agresso".into()),
            Code::NotFound,
            "SYSTEM_UNKNOWN",
            "/source",
        ),
        (
            "unknown type",
            with(|e| e.r#type = "case.forgotten".into()),
            Code::NotFound,
            "TYPE_UNKNOWN",
            "/type",
        ),
        (
            "unknown version",
            with(|e| e.contract_version = "9.0".into()),
            Code::NotFound,
            "CONTRACT_VERSION_UNKNOWN",
            "/dataschema",
        ),
        (
            "against the contract",
            with(|e| data(e, r#"{"case":"case-1","hours":99}"#)),
            invalid,
            "CONTRACT_VIOLATED",
            "/data/hours",
        ),
        (
            "entity differs",
            with(|e| data(e, r#"{"case":"case-2","hours":9}"#)),
            invalid,
            "CONTRACT_VIOLATED",
            "/subject",
        ),
        ("id with spaces", with(|e| e.id = "a b".into()), invalid, "ENVELOPE_INVALID", "/id"),
        ("id with wildcards", with(|e| e.id = "a.>".into()), invalid, "ENVELOPE_INVALID", "/id"),
        (
            "id with control characters",
            with(|e| e.id = "a\r\nNats-Msg-Id: b".into()),
            invalid,
            "ENVELOPE_INVALID",
            "/id",
        ),
        ("id of 10,000 characters", with(|e| e.id = "x".repeat(10_000)), invalid, "ENVELOPE_INVALID", "/id"),
        ("a person as entity", with(|e| e.entity = person.clone()), invalid, "ENVELOPE_INVALID", "/subject"),
        ("a person in the id", with(|e| e.id = format!("case-{person}")), invalid, "ENVELOPE_INVALID", "/id"),
        (
            "time in the future",
            with(|e| e.time.as_mut().unwrap().seconds += 400 * 365 * 86_400),
            invalid,
            "TIME_IN_FUTURE",
            "/time",
        ),
        ("no time", with(|e| e.time = None), invalid, "ENVELOPE_INVALID", "/time"),
        (
            "a time that is none",
            with(|e| e.time.as_mut().unwrap().nanos = -5),
            invalid,
            "ENVELOPE_INVALID",
            "/time",
        ),
        (
            "too large",
            with(|e| data(e, &format!(r#"{{"case":"case-1","hours":1,"note":"{large}"}}"#))),
            invalid,
            "TOO_LARGE",
            "/data",
        ),
        (
            "its own cause",
            with(|e| e.causation_id = "seljord-oppvekst/e".into()),
            invalid,
            "ENVELOPE_INVALID",
            "/causationid",
        ),
        (
            "a cause that is no name",
            with(|e| e.causation_id = "e".into()),
            invalid,
            "ENVELOPE_INVALID",
            "/causationid",
        ),
    ];
    for (what, event, code, reason, field) in cases {
        let answer = publish(&client, event).await;
        let told = format!("{answer:?}");
        assert!(!told.contains("SECRET") && !told.contains(&person), "{what}: the value was repeated");
        assert_eq!(refusal(answer), (code, reason.to_owned(), field.to_owned()), "{what}");
    }
    let state = hub.local.hub.log.state("EVENTS_seljord").await.unwrap().unwrap();
    assert_eq!(state.last, 0, "nothing was appended");
    publish(&client, event(SELJORD, "e", "case-1")).await.unwrap();
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entity_cannot_escape_its_token() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let entity = "a.>.* =.vinje";
    let mut escaping = event(SELJORD, "e", entity);
    escaping.data = serde_json::json!({"case": entity, "hours": 1}).to_string().into();
    let sequence = publish(&client, escaping).await.unwrap().sequence;
    let entry = hub.local.hub.log.read("EVENTS_seljord", sequence).await.unwrap().unwrap();
    assert_eq!(entry.subject.split('.').count(), 6);
    assert_eq!(entry.event().unwrap().event.entity.as_str(), entity);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_would_backtrack_is_refused_or_checked_in_linear_time() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let mut registry = hub.operator().await.registry();
    let mut contract = samflyt_testkit::events::contract();
    contract.version.major = 2;
    contract.schema["properties"]["note"]["pattern"] = "^(?=a)(a+)+$".into();
    let mut publish_contract = async |contract: &samflyt_events::Contract| {
        let document = contract.to_json();
        let request = samflyt_proto::registry::PublishContractRequest { document, ..Default::default() };
        registry.publish_contract(request).await
    };
    assert_eq!(refusal(publish_contract(&contract).await).1, "CONTRACT_INVALID");
    contract.schema["properties"]["note"]["pattern"] = "^(a+)+$".into();
    publish_contract(&contract).await.unwrap();
    let client = hub.client_of(SELJORD).await;
    let hostile =
        with(|e| data(e, &format!(r#"{{"case":"case-1","hours":1,"note":"{}b"}}"#, "a".repeat(50_000))));
    let answer =
        tokio::time::timeout(std::time::Duration::from_secs(5), publish(&client, hostile)).await.unwrap();
    assert_eq!(refusal(answer).1, "CONTRACT_VIOLATED");
    hub.end().await;
}

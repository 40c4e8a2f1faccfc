//! What is no event at all, and what is too large for one: the right code and reason, and the good ones beside it taken.

use futures::StreamExt;
use samflyt_proto::common::Event;
use samflyt_testkit::events::{event, request};
use samflyt_testkit::hub::{SELJORD, TestHub};
use serde_json::json;
use tonic::Code;

use crate::answers::{publish, refusal, settled};
use crate::http::{cloudevent, post};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_json_or_no_cloudevent_is_refused_with_its_reason() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let token = hub.token(SELJORD);
    let (structured, batch) = ("application/cloudevents+json", "application/cloudevents-batch+json");
    for (what, content_type, body, field) in [
        ("not JSON", structured, "{SECRET", ""),
        ("JSON that is no object", structured, "[\"SECRET\"]", ""),
        ("no CloudEvent", structured, r#"{"hello":"SECRET"}"#, "/hello"),
        ("no version of CloudEvents", structured, r#"{"id":"SECRET"}"#, "/specversion"),
        ("another version of CloudEvents", structured, r#"{"specversion":"SECRET"}"#, "/specversion"),
        ("a name that may be anybody's", structured, r#"{"SECRET":"x"}"#, "/…"),
        ("a name that may be anybody's, for no string", structured, r#"{"SECRET":7}"#, "/…"),
        ("a form that the hub has not", "application/cloudevents+avro", "SECRET", "/datacontenttype"),
        ("binary mode without attributes", "application/json", r#"{"hello":"SECRET"}"#, "/specversion"),
        ("a batch that is no array", batch, r#"{"hello":"SECRET"}"#, ""),
        ("a batch that is no JSON", batch, "[SECRET", ""),
    ] {
        let (status, problem) = post(&hub.http(), &token, content_type, body).await;
        assert_eq!((status, &problem["reason"]), (400, &json!("ENVELOPE_INVALID")), "{what}: {problem}");
        let fields: Vec<&str> =
            problem["violations"].as_array().unwrap().iter().map(|v| v["field"].as_str().unwrap()).collect();
        assert!(fields.contains(&field), "{what}: {problem}");
        assert!(!problem.to_string().contains("SECRET"), "{what}: the value was repeated");
    }
    let mut bad = cloudevent("bad", "case-1");
    bad["data"]["hours"] = json!(61);
    let events = json!([cloudevent("a", "case-1"), bad, {"hello": "world"}, cloudevent("b", "case-1")]);
    let (status, answers) = post(&hub.http(), &token, batch, events.to_string()).await;
    assert_eq!(status, 207, "{answers}");
    assert_eq!(
        (&answers[0]["accepted"]["sequence"], &answers[3]["accepted"]["sequence"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(answers[1]["refused"]["reason"], "CONTRACT_VIOLATED");
    assert_eq!(answers[2]["refused"]["reason"], "ENVELOPE_INVALID");
    hub.end().await;
}

/// About twice as many bytes as characters, of which the contract takes a million.
fn large(id: &str, characters: usize) -> Event {
    let mut large = event(SELJORD, id, "case-1");
    large.data = json!({"case": "case-1", "hours": 1, "note": "ø".repeat(characters)}).to_string().into();
    large
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_several_mib_is_refused_with_the_limit_and_the_stream_goes_on() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    for mib in [1, 3, 7, 15] {
        let answer = publish(&client, large("large", mib << 19)).await;
        let told = answer.as_ref().unwrap_err().message().to_owned();
        let expected = (Code::InvalidArgument, "TOO_LARGE".to_owned(), "/data".to_owned());
        assert_eq!(refusal(answer), expected, "{mib} MiB");
        assert!(told.contains("more than the 1048576 that this hub takes"), "{told}");
    }
    let requests =
        [event(SELJORD, "a", "case-1"), large("large", 3 << 19), event(SELJORD, "b", "case-1")].map(request);
    let answers =
        client.gateway().publish_events(futures::stream::iter(requests)).await.unwrap().into_inner();
    let outcomes: Vec<_> =
        answers.map(|answer| settled(answer.unwrap()).map(|receipt| receipt.sequence)).collect().await;
    assert_eq!(outcomes, [Ok(1), Err("TOO_LARGE".to_owned()), Ok(2)]);

    let mut event = cloudevent("large", "case-1");
    event["data"]["note"] = "ø".repeat(3 << 19).into();
    let body = event.to_string();
    let (status, problem) =
        post(&hub.http(), &hub.token(SELJORD), "application/cloudevents+json", body).await;
    assert_eq!((status, &problem["reason"]), (413, &json!("TOO_LARGE")), "{problem}");
    assert!(problem.to_string().contains("gateway.event_bytes_max"), "{problem}");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_event_is_the_operators_to_choose() {
    let hub = TestHub::start_with(|config| config.gateway.event_bytes_max = 4 << 20).await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    assert_eq!(publish(&client, large("e", 900_000)).await.unwrap().sequence, 1);
    let answer = publish(&client, large("f", 4 << 20)).await;
    assert!(format!("{answer:?}").contains("more than the 4194304 that this hub takes"), "{answer:?}");
    hub.end().await;
}

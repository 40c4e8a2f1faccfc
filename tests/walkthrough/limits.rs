//! What a municipality may publish: refused beyond it at every door, with when to come back; others do not notice.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::HeaderMap;
use futures::StreamExt;
use samflyt::hub::HubConfig;
use samflyt_events::TenantId;
use samflyt_gateway::Differing;
use samflyt_proto::common::Event;
use samflyt_proto::gateway::publish_events_response::Outcome;
use samflyt_proto::gateway::{ListLimitsRequest, TenantLimits};
use samflyt_testkit::events::{event, request};
use samflyt_testkit::hub::{SELJORD, TestHub, VINJE};
use serde_json::{Value, json};
use tonic::Code;
use tonic_types::StatusExt;

use crate::answers::{publish, refusal};
use crate::http::{client, cloudevent, post};

const STRUCTURED: &str = "application/cloudevents+json";

/// Of Seljord alone.
fn of_seljord(differing: Differing) -> impl FnOnce(&mut HubConfig) {
    move |config| {
        config.gateway.limits_of = BTreeMap::from([(TenantId::new(SELJORD.tenant).unwrap(), differing)]);
    }
}

/// With more data than Seljord gets back within a test.
fn large(id: &str) -> Event {
    let data = json!({"case": "case-1", "hours": 1, "note": "x".repeat(2_000)});
    Event { data: data.to_string().into(), ..event(SELJORD, id, "case-1") }
}

async fn limits(hub: &TestHub) -> TenantLimits {
    let request = ListLimitsRequest { tenants: vec![SELJORD.tenant.to_owned()] };
    let answer = hub.client_of(SELJORD).await.gateway().list_limits(request).await;
    answer.unwrap().into_inner().tenants.remove(0)
}

/// The answer to an event by request on the broker.
async fn publish_by_nats(hub: &TestHub, event: &Value) -> Value {
    let inbox = format!("_INBOX_{}_0_{}", SELJORD.organisation, SELJORD.system);
    let system = async_nats::ConnectOptions::with_token(hub.token(SELJORD))
        .custom_inbox_prefix(inbox)
        .connect(&hub.local.hub.log.config().url)
        .await
        .unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", STRUCTURED);
    let subject = format!("ingest.{}.{}", SELJORD.tenant, SELJORD.system);
    let answer = system.request_with_headers(subject, headers, event.to_string().into()).await.unwrap();
    serde_json::from_slice(&answer.payload).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_its_rate_a_municipality_is_refused_at_every_door_with_when_to_come_back_and_another_is_not() {
    let slow = Differing { bytes_per_s: Some(1), bytes_burst: Some(1_000), ..Differing::default() };
    let hub = TestHub::start_with(of_seljord(slow)).await;
    hub.register(SELJORD).await;
    hub.register(VINJE).await;
    let seljord = hub.client_of(SELJORD).await;
    publish(&seljord, large("first")).await.unwrap();

    let status = publish(&seljord, event(SELJORD, "grpc", "case-1")).await.unwrap_err();
    let pause = status.get_error_details().retry_info().and_then(|info| info.retry_delay);
    assert!(pause.is_some_and(|pause| pause >= Duration::from_secs(60)), "{status:?}");
    let told = (Code::ResourceExhausted, "LIMIT_REACHED".to_owned(), String::new());
    assert_eq!(refusal::<()>(Err(status)), told);

    // What follows on a stream must not overtake what has to be sent again.
    let requests = ["a", "b"].map(|id| request(event(SELJORD, id, &format!("case-{id}"))));
    let answers = seljord.gateway().publish_events(futures::stream::iter(requests)).await.unwrap();
    let answers: Vec<_> = answers.into_inner().map(|answer| answer.unwrap().outcome.unwrap()).collect().await;
    assert_eq!(answers.len(), 2);
    for answer in answers {
        let Outcome::Refused(refused) = answer else { panic!("{answer:?} beyond the limit") };
        assert_eq!(refused.reason, "LIMIT_REACHED");
        assert!(refused.retry_after.is_some_and(|pause| pause.seconds >= 60), "{refused:?}");
    }

    let token = hub.token(SELJORD);
    let answer = client()
        .post(format!("{}/v1/events", hub.http()))
        .header("content-type", STRUCTURED)
        .bearer_auth(&token)
        .body(cloudevent("http", "case-1").to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 429);
    let pause: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(pause >= 60, "Retry-After: {pause}");
    let batch = json!([cloudevent("batch", "case-1")]).to_string();
    let (status, answers) = post(&hub.http(), &token, "application/cloudevents-batch+json", batch).await;
    assert_eq!((status, &answers[0]["refused"]["reason"]), (207, &json!("LIMIT_REACHED")), "{answers}");
    assert!(answers[0]["refused"]["retry_after_s"].as_u64().unwrap() >= 60, "{answers}");

    let answer = publish_by_nats(&hub, &cloudevent("nats", "case-1")).await;
    assert_eq!(answer["refused"]["reason"], "LIMIT_REACHED", "{answer}");
    assert!(answer["refused"]["retry_after_s"].as_u64().unwrap() >= 60, "{answer}");

    publish(&hub.client_of(VINJE).await, event(VINJE, "other", "case-1")).await.unwrap();
    assert_eq!(hub.local.hub.log.state("EVENTS_seljord").await.unwrap().unwrap().last, 1);
    let seen = limits(&hub).await;
    assert_eq!((seen.bytes_per_s, seen.bytes_burst, seen.bytes_left, seen.refused), (1, 1_000, 0, 5));
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_log_takes_nothing_new_from_its_municipality_and_answers_resends() {
    let hub =
        TestHub::start_with(of_seljord(Differing { stored_bytes_max: Some(1), ..Differing::default() }))
            .await;
    hub.register(SELJORD).await;
    hub.register(VINJE).await;
    let seljord = hub.client_of(SELJORD).await;
    let first = publish(&seljord, event(SELJORD, "first", "case-1")).await.unwrap();
    while limits(&hub).await.stored_bytes == 0 {
        tokio::task::yield_now().await;
    }
    let status = publish(&seljord, event(SELJORD, "second", "case-1")).await.unwrap_err();
    assert!(
        status.get_error_details().retry_info().is_some_and(|info| info.retry_delay.is_some()),
        "{status:?}"
    );
    let told = (Code::ResourceExhausted, "QUOTA_REACHED".to_owned(), String::new());
    assert_eq!(refusal::<()>(Err(status)), told);
    let (status, problem) =
        post(&hub.http(), &hub.token(SELJORD), STRUCTURED, cloudevent("http", "case-1").to_string()).await;
    assert_eq!((status, &problem["reason"]), (507, &json!("QUOTA_REACHED")), "{problem}");
    let again = publish(&seljord, event(SELJORD, "first", "case-1")).await.unwrap();
    assert_eq!((again.sequence, again.duplicate), (first.sequence, true));
    publish(&hub.client_of(VINJE).await, event(VINJE, "other", "case-1")).await.unwrap();
    assert_eq!(limits(&hub).await.refused, 2);
    hub.end().await;
}

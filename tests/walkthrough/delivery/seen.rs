//! How a subscription is doing is seen: in the stream of states, on the command line, in the metrics.

use samflyt::client::Client;
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::consume_request::Part;
use samflyt_proto::delivery::start::At;
use samflyt_testkit::hub::{SELJORD, register};
use serde_json::{Value, json};

use super::consumer::{Consumer, named};
use super::{publish_cases, subscribe, subscription};
use crate::process::HubProcess;

/// The next state of the subscriptions that is as it is asked for.
async fn watched(
    client: &Client,
    is_meant: impl Fn(&pb::SubscriptionStatus) -> bool,
) -> pb::SubscriptionStatus {
    let request = pb::WatchSubscriptionsRequest { tenant: SELJORD.tenant.to_owned() };
    let mut states = client.delivery().watch_subscriptions(request).await.unwrap().into_inner();
    loop {
        let state = states.message().await.unwrap().unwrap().subscriptions.remove(0).status.unwrap();
        if is_meant(&state) {
            return state;
        }
    }
}

async fn printed(hub: &HubProcess, arguments: &[&str]) -> String {
    let output = hub.command(arguments).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn lag_oldest_retries_dead_letters_and_rate_are_in_the_stream_of_states_in_status_and_in_the_metrics() {
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(&dir.path().join("hub"), &[]).await;
    let client = &hub.operator().await;
    register(client, SELJORD).await;
    let hour = Some(prost_types::Duration { seconds: 3_600, nanos: 0 });
    // What a system published itself needs no agreement.
    let of_it = pb::Subscription {
        consumer: SELJORD.system.to_owned(),
        limits: Some(pb::Limits { pause_first: hour, pause_longest: hour, ..Default::default() }),
        ..subscription("cases")
    };
    subscribe(client, of_it, At::Beginning(true)).await;
    publish_cases(client, 0..3, 3).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    let sent = [consumer.next().await, consumer.next().await, consumer.next().await];
    consumer.reject(&sent[0], "unknown form").await;
    let failed = pb::Failed { delivery: Some(named(&sent[1])), reason: "no room".to_owned() };
    consumer.say(Part::Fail(failed)).await;

    let state = watched(client, |state| state.retrying == 1 && state.dead_letters == 1).await;
    assert_eq!((state.position, state.head, state.lag, state.in_flight, state.clients), (2, 3, 1, 1, 1));
    assert!(state.oldest_at.is_some() && state.rate > 0.0, "{state:?}");

    let arguments = ["status", "--tenant", "seljord", "--subscriptions", "--limits"];
    let text = printed(&hub, &arguments).await;
    assert!(text.contains("retrying") && text.contains("cases") && text.contains("2 000"), "{text}");
    let all: Value =
        serde_json::from_str(&printed(&hub, &[&arguments[..], &["--json"]].concat()).await).unwrap();
    let of_it = &all["subscriptions"][0];
    for (name, value) in [("lag", 1), ("retrying", 1), ("dead_letters", 1), ("in_flight", 1)] {
        assert_eq!(of_it[name], json!(value), "{name} of {of_it}");
    }
    assert!(of_it["oldest_at"].is_string(), "{of_it}");
    assert_eq!(
        (&all["limits"][0]["tenant"], &all["limits"][0]["events_per_s"]),
        (&json!("seljord"), &json!(2_000))
    );

    for (name, value) in [
        ("samflyt_delivery_lag", 1),
        ("samflyt_delivery_in_flight", 1),
        ("samflyt_delivery_retrying", 1),
        ("samflyt_delivery_dead_letters", 1),
        ("samflyt_delivery_events_settled_total", 2),
    ] {
        while hub.metric(name).await != Some(value) {
            tokio::task::yield_now().await;
        }
    }
    while hub.metric("samflyt_delivery_oldest_age_seconds").await.is_none_or(|age| age == 0) {
        tokio::task::yield_now().await;
    }
    consumer.acknowledge(&sent[2]).await;
    while hub.metric("samflyt_delivery_lag").await != Some(0) {
        tokio::task::yield_now().await;
    }
    hub.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_paused_subscription_is_seen_with_since_when() {
    let house = super::house().await;
    let client = &house.operator;
    subscribe(client, subscription("cases"), At::Beginning(true)).await;
    let pause = pb::ChangeSubscriptionRequest {
        tenant: SELJORD.tenant.to_owned(),
        id: "cases".to_owned(),
        state: pb::SubscriptionState::Paused.into(),
        ..Default::default()
    };
    client.delivery().change_subscription(pause).await.unwrap();
    publish_cases(client, 0..5, 5).await;
    let state = watched(client, |state| state.lag == 5).await;
    assert!(state.oldest_at.is_some(), "{state:?}");
    house.hub.end().await;
}

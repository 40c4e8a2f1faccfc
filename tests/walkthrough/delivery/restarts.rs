//! What a consumer or the hub loses on its way comes again, marked.

use samflyt_events::delivery::Progress;
use samflyt_events::subject::delivery_progress;
use samflyt_proto::common::Event;
use samflyt_proto::delivery::start::At;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, TestHub, register};
use serde_json::json;

use super::consumer::{Consumer, sequence};
use super::{CONSUMER, TYPE, house, publish_cases, status, subscribe, subscription};
use crate::answers::publish;
use crate::house::{agreement, system};
use crate::process::HubProcess;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_consumer_that_goes_had_comes_to_the_next_one_marked_as_a_redelivery() {
    let house = house().await;
    let client = &house.operator;
    subscribe(client, subscription("cases"), At::Beginning(true)).await;
    let all = publish_cases(client, 0..4, 4).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    consumer.take(1).await;
    for _ in 0..3 {
        consumer.next().await;
    }
    // What it said has arrived.
    while status(client, "cases").await.in_flight > 3 {
        tokio::task::yield_now().await;
    }
    drop(consumer);
    let mut next = Consumer::start(client, "cases", 0).await.unwrap();
    let mut got = Vec::new();
    for _ in 0..3 {
        let delivery = next.next().await;
        assert!(delivery.redelivery && delivery.attempt == 2, "{delivery:?}");
        got.push(sequence(&delivery));
        next.acknowledge(&delivery).await;
    }
    got.sort_unstable();
    assert_eq!(got, all[1..]);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_it_goes_on_where_it_was_and_what_was_on_its_way_comes_again() {
    let house = house().await;
    let client = &house.operator;
    subscribe(client, subscription("cases"), At::Beginning(true)).await;
    let all = publish_cases(client, 0..10, 10).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    let settled = consumer.take(6).await;
    while status(client, "cases").await.in_flight > 4 {
        tokio::task::yield_now().await;
    }
    // Until the log was told twice, the last of them may come again.
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    let dir = house.hub.end().await;
    let hub = TestHub::start_in(dir, |_| {}).await;
    let client = hub.operator().await;
    let mut consumer = Consumer::start(&client, "cases", 0).await.unwrap();
    let mut got = Vec::new();
    for _ in 0..4 {
        let delivery = consumer.next().await;
        assert!(delivery.redelivery, "{delivery:?}");
        got.push(sequence(&delivery));
        consumer.acknowledge(&delivery).await;
    }
    got.extend(settled);
    got.sort_unstable();
    assert_eq!(got, all);
    let more = publish_cases(&client, 10..12, 10).await;
    let mut newer = consumer.take(2).await;
    newer.sort_unstable();
    assert_eq!(newer, more);
    hub.end().await;
}

/// Another hand tells the log of deliveries: the hub takes up anew what the log says.
async fn overtake(hub: &HubProcess) {
    let (log, tenant) = (hub.log().await, SELJORD.tenant.parse().unwrap());
    let subject = delivery_progress(&tenant);
    let of_nothing = Progress { at: time::OffsetDateTime::now_utc(), of: Vec::new() };
    let bytes = serde_json::to_vec(&of_nothing).unwrap();
    loop {
        let last = log.last_of("DELIVERY_seljord", &subject).await.unwrap().unwrap().sequence;
        if log.append_bytes(&subject, "a foreign hand", &[], bytes.clone().into(), last).await.is_ok() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_goes_late_after_deliveries_were_taken_up_anew_takes_nobody_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let hub = HubProcess::start(dir.path(), &[]).await;
    let client = hub.operator().await;
    register(&client, SELJORD).await;
    system(&client, CONSUMER, SELJORD.tenant, "Visma Flyt").await;
    agreement(&client, "cases", SELJORD.system, CONSUMER, TYPE, json!({})).await;
    subscribe(&client, subscription("one"), At::Beginning(true)).await;
    subscribe(&client, subscription("other"), At::Now(true)).await;
    // It never reads: the hub stands before it with more than the line takes, and learns late that it has gone.
    let apart = hub.operator().await;
    let silent = Consumer::start(&apart, "one", 0).await.unwrap();
    for n in 0..100 {
        let data = json!({"case": format!("case-{n}"), "hours": 20, "note": "x".repeat(200_000)}).to_string();
        let of_it = event(SELJORD, &format!("large-{n}"), &format!("case-{n}"));
        publish(&client, Event { data: data.into(), ..of_it }).await.unwrap();
    }
    while status(&client, "one").await.in_flight < 100 {
        tokio::task::yield_now().await;
    }
    let mut there = Consumer::start(&client, "other", 0).await.unwrap();
    overtake(&hub).await;
    publish_cases(&client, 0..1, 1).await;
    while there.next_part().await.is_ok() {}
    let mut other = loop {
        match Consumer::start(&client, "other", 0).await {
            Ok(consumer) => break consumer,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    drop((silent, apart));
    for n in 1..50 {
        publish_cases(&client, n..n + 1, 1).await;
        other.take(1).await;
    }
    hub.kill().await;
}

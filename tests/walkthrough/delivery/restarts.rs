//! What a consumer or the hub loses on its way comes again, marked.

use samflyt_proto::delivery::start::At;
use samflyt_testkit::hub::TestHub;

use super::consumer::{Consumer, sequence};
use super::{house, publish_cases, status, subscribe, subscription};

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

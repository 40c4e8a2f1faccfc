//! One municipality floods the hub while its log is stalled; another does not notice.

use std::time::Duration;

use samflyt_proto::delivery::start::At;
use samflyt_testkit::events::{event, request};
use samflyt_testkit::hub::{SELJORD, VINJE};
use tokio::time::timeout;

use super::consumer::Consumer;
use super::{CONSUMER, TYPE, publish_cases, subscribe, subscription};
use crate::house::House;
use crate::stream::never_acknowledges;

/// Of one municipality, on their way to its log at once.
const ON_THEIR_WAY: u64 = 256;
/// Together more than all acknowledgements that one process waits for at once.
const STREAMS: usize = 36;
const EVENTS_EACH: usize = 256;

#[tokio::test(flavor = "multi_thread")]
async fn while_one_municipalitys_queue_is_full_and_its_log_stalls_anothers_events_are_taken_and_delivered() {
    let house = House::start(|config| {
        config.nats.ack_timeout_ms = 60_000;
        // So that the flood reaches the log, and is not refused before.
        config.gateway.limits.events_per_s = 0;
    })
    .await;
    house.system(CONSUMER, "seljord", "Visma Flyt").await;
    house.agreement("cases", SELJORD.system, CONSUMER, TYPE, serde_json::json!({})).await;
    let client = &house.operator;
    subscribe(client, subscription("cases"), At::Beginning(true)).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    never_acknowledges(&house.hub, "EVENTS_vinje").await;
    let flooding = house.hub.client_of(VINJE).await;
    let mut streams = Vec::new();
    for stream in 0..STREAMS {
        let events = (0..EVENTS_EACH).map(move |n| {
            let id = format!("flood-{stream}-{n}");
            request(event(VINJE, &id, &id))
        });
        let requests = futures::StreamExt::chain(futures::stream::iter(events), futures::stream::pending());
        streams.push(flooding.gateway().publish_events(requests).await.unwrap());
    }
    let log = &house.hub.local.hub.log;
    while log.state("EVENTS_vinje").await.unwrap().unwrap().last < ON_THEIR_WAY {
        tokio::task::yield_now().await;
    }
    let others = async {
        let published = publish_cases(client, 0..20, 4).await;
        let mut got = consumer.take(20).await;
        got.sort_unstable();
        assert_eq!(got, published);
    };
    timeout(Duration::from_secs(30), others).await.expect("another municipality waits for the flood");
    assert_eq!(log.state("EVENTS_vinje").await.unwrap().unwrap().last, ON_THEIR_WAY);
}

//! An urgent event goes before those of others that wait, however far ahead of the consumer it is, and after its own.

use samflyt::client::Client;
use samflyt_events::contract::Contract;
use samflyt_events::subject::{delivery_progress, delivery_stream};
use samflyt_events::{EventType, TenantId};
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::start::At;
use samflyt_proto::registry::PublishContractRequest;
use samflyt_testkit::events::{contract, event, request};
use samflyt_testkit::hub::SELJORD;
use serde_json::json;

use super::consumer::{Consumer, case, sequence};
use super::{CONSUMER, TYPE, status, subscribe, subscription};
use crate::answers::{publish, settled};
use crate::house::House;

const ALARM: &str = "alarm.raised";
/// More than a subscription looks at before its consumer has taken any.
const WAITING: usize = 1_500;

async fn house() -> House {
    let house = House::start(|_| {}).await;
    let alarm = Contract { kind: EventType::new(ALARM).unwrap(), urgent: true, ..contract() };
    let request = PublishContractRequest { document: alarm.to_json(), ..Default::default() };
    house.operator.registry().publish_contract(request).await.unwrap();
    house.system(CONSUMER, "seljord", "Visma Flyt").await;
    house.agreement("cases", SELJORD.system, CONSUMER, TYPE, json!({})).await;
    house.agreement("alarms", SELJORD.system, CONSUMER, ALARM, json!({})).await;
    house
}

async fn publish_all(client: &Client, cases: impl Iterator<Item = String>) {
    let events = cases.map(|case| request(event(SELJORD, &format!("of-{case}"), &case)));
    let events: Vec<_> = events.collect();
    let count = events.len();
    let mut answers =
        client.gateway().publish_events(futures::stream::iter(events)).await.unwrap().into_inner();
    for _ in 0..count {
        settled(answers.message().await.unwrap().unwrap()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_arrives_before_all_that_waits_for_its_consumer_and_after_its_own_entitys_events() {
    let house = house().await;
    let client = &house.operator;
    let filter = Some(pb::Filter::default());
    let of_it = pb::Subscription { filter, ..subscription("all") };
    subscribe(client, of_it, At::Beginning(true)).await;
    // One at a time, and the first is not settled: everything else waits.
    let mut consumer = Consumer::start(client, "all", 1).await.unwrap();
    publish_all(client, (0..WAITING).map(|n| format!("case-{n}"))).await;
    publish_all(client, std::iter::once("lonely".to_owned())).await;
    let mut alarm = event(SELJORD, "alarm", "lonely");
    alarm.r#type = ALARM.to_owned();
    let alarm = publish(client, alarm).await.unwrap().sequence;
    let first = consumer.next().await;
    assert_eq!(sequence(&first), 1);
    // The log knows what is sent ahead before it is.
    let seljord = TenantId::new(SELJORD.tenant).unwrap();
    let (stream, subject) = (delivery_stream(&seljord), delivery_progress(&seljord));
    let is_told = async || {
        let told = house.hub.local.hub.log.last_of(&stream, &subject).await.unwrap();
        told.is_some_and(|told| String::from_utf8_lossy(&told.payload).contains("lonely"))
    };
    while !is_told().await {
        tokio::task::yield_now().await;
    }
    consumer.acknowledge(&first).await;
    let mut got = Vec::new();
    while !got.contains(&alarm) {
        let delivery = consumer.next().await;
        got.push(sequence(&delivery));
        consumer.acknowledge(&delivery).await;
        // Some go while its entity is read.
        assert!(got.len() < WAITING / 3, "the alarm waits behind others: {got:?}");
        if sequence(&delivery) == alarm {
            assert_eq!(case(&delivery), "lonely");
        }
    }
    assert_eq!(got[got.len() - 2..], [alarm - 1, alarm], "its own entity's order");
    // The rest comes in its turn, each once.
    while got.len() < WAITING + 1 {
        got.extend(consumer.take(1).await);
    }
    got.push(1);
    got.sort_unstable();
    assert_eq!(got, (1..=alarm).collect::<Vec<_>>());
    while status(client, "all").await.position < alarm {
        tokio::task::yield_now().await;
    }
    assert_eq!(status(client, "all").await.held, 0);
    house.hub.end().await;
}

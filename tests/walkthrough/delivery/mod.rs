//! Events out: each that is agreed on arrives, in order, and what fails holds back nothing else.

mod agreed;
mod consumer;
mod endpoint;
mod fair;
mod faults;
mod faulty;
mod letters;
mod received;
mod restarts;
mod seen;
mod urgent;
mod webhook_cli;
mod webhooks;
mod week;

use prost_types::Duration;
use samflyt::client::Client;
use samflyt_proto::delivery as pb;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::SELJORD;
use serde_json::json;

use crate::answers::publish;
use crate::house::House;

pub const CONSUMER: &str = "seljord-visma";
const TYPE: &str = "case.opened";

/// Seljord with a consumer that may have the cases that are opened.
async fn house() -> House {
    let house = House::start(|_| {}).await;
    house.system(CONSUMER, "seljord", "Visma Flyt").await;
    house.agreement("cases", SELJORD.system, CONSUMER, TYPE, json!({})).await;
    house
}

fn subscription(id: &str) -> pb::Subscription {
    pb::Subscription {
        id: id.to_owned(),
        tenant: SELJORD.tenant.to_owned(),
        consumer: CONSUMER.to_owned(),
        filter: Some(pb::Filter { types: vec![TYPE.to_owned()], ..Default::default() }),
        // So that what fails is tried again while a test looks on.
        limits: Some(pb::Limits {
            pause_first: Some(Duration { seconds: 1, nanos: 0 }),
            pause_longest: Some(Duration { seconds: 1, nanos: 0 }),
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn subscribe(client: &Client, subscription: pb::Subscription, at: pb::start::At) -> pb::Subscription {
    let request = pb::CreateSubscriptionRequest {
        subscription: Some(subscription),
        start: Some(pb::Start { at: Some(at) }),
    };
    client.delivery().create_subscription(request).await.unwrap().into_inner().subscription.unwrap()
}

async fn status(client: &Client, id: &str) -> pb::SubscriptionStatus {
    let request = pb::GetSubscriptionRequest { tenant: SELJORD.tenant.to_owned(), id: id.to_owned() };
    client.delivery().get_subscription(request).await.unwrap().into_inner().status.unwrap()
}

/// Publishes events of cases in turn; gives their sequences.
async fn publish_cases(client: &Client, ids: std::ops::Range<usize>, cases: usize) -> Vec<u64> {
    let mut sequences = Vec::new();
    for n in ids {
        let event = event(SELJORD, &format!("e-{n}"), &format!("case-{}", n % cases));
        sequences.push(publish(client, event).await.unwrap().sequence);
    }
    sequences
}

//! What is agreed on arrives, from when and until when it is agreed on; the rest is not sent, and is told of.

use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::consume_request::Part;
use samflyt_proto::delivery::consume_response::Part as Told;
use samflyt_proto::delivery::start::At;
use samflyt_proto::registry::EndAgreementRequest;
use samflyt_testkit::hub::SELJORD;
use serde_json::json;
use tonic::Code;

use super::consumer::{Consumer, case, sequence};
use super::{CONSUMER, TYPE, house, publish_cases, status, subscribe, subscription};
use crate::house::{House, day};

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_from_the_beginning_and_as_they_come_each_once_in_the_order_of_their_case() {
    let house = house().await;
    let client = &house.operator;
    let before = publish_cases(client, 0..40, 5).await;
    subscribe(client, subscription("cases"), At::Beginning(true)).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    let mut got = consumer.take(40).await;
    let after = publish_cases(client, 40..60, 5).await;
    got.extend(consumer.take(20).await);
    got.sort_unstable();
    assert_eq!(got, [before, after].concat());
    // "From now on" begins behind them.
    subscribe(client, subscription("new-cases"), At::Now(true)).await;
    let mut newer = Consumer::start(client, "new-cases", 0).await.unwrap();
    let last = publish_cases(client, 60..61, 5).await;
    assert_eq!(newer.take(1).await, last);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_agreement_covers_is_not_sent_and_is_told_and_an_agreement_holds_at_once() {
    let house = House::start(|_| {}).await;
    house.system(CONSUMER, "seljord", "Visma Flyt").await;
    let client = &house.operator;
    let filter = pb::Filter {
        types: vec![TYPE.to_owned()],
        providers: vec![SELJORD.system.to_owned()],
        ..Default::default()
    };
    let of_it = pb::Subscription { filter: Some(filter), ..subscription("cases") };
    subscribe(client, of_it, At::Beginning(true)).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    let before = publish_cases(client, 0..3, 3).await;
    // All of them were looked at, and none was sent.
    while status(client, "cases").await.position < before[2] {
        tokio::task::yield_now().await;
    }
    let flow = pb::Flow { provider: SELJORD.system.to_owned(), r#type: TYPE.to_owned() };
    assert_eq!(status(client, "cases").await.uncovered, [flow]);
    house.agreement("cases", SELJORD.system, CONSUMER, TYPE, json!({})).await;
    while !status(client, "cases").await.uncovered.is_empty() {
        tokio::task::yield_now().await;
    }
    let covered = publish_cases(client, 3..6, 3).await;
    let mut got = consumer.take(3).await;
    got.sort_unstable();
    assert_eq!(got, covered);
    let (tenant, id, on) = ("seljord".to_owned(), "cases".to_owned(), day(-1).to_string());
    let request = EndAgreementRequest { tenant, id, on, ..Default::default() };
    client.catalogue().end_agreement(request).await.unwrap();
    while status(client, "cases").await.uncovered.is_empty() {
        tokio::task::yield_now().await;
    }
    let ended = publish_cases(client, 6..9, 3).await;
    while status(client, "cases").await.position < ended[2] {
        tokio::task::yield_now().await;
    }
    drop(consumer);
    assert_eq!(status(client, "cases").await.in_flight, 0);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_clients_share_a_subscription_and_an_event_is_on_its_way_to_one_of_them() {
    let house = house().await;
    let client = &house.operator;
    subscribe(client, subscription("cases"), At::Beginning(true)).await;
    let mut one = Consumer::start(client, "cases", 2).await.unwrap();
    let mut other = Consumer::start(client, "cases", 2).await.unwrap();
    let all = publish_cases(client, 0..4, 4).await;
    let mut first = [one.next().await, one.next().await];
    let mut second = [other.next().await, other.next().await];
    let mut got: Vec<u64> = first.iter().chain(&second).map(sequence).collect();
    got.sort_unstable();
    assert_eq!(got, all);
    // Nobody has room; the next ones wait, and come to who makes some. Those of one case in their order.
    publish_cases(client, 4..8, 4).await;
    for delivery in first.iter_mut().rev() {
        one.acknowledge(delivery).await;
    }
    let next = one.next().await;
    assert!(sequence(&next) > all[3] && first.iter().chain(&second).any(|sent| case(sent) == case(&next)));
    // What a client does not have it is told of: not its own, said twice, or never sent.
    one.acknowledge(&second[0]).await;
    let Told::Unknown(unknown) = one.next_until_unknown().await else { panic!() };
    assert_eq!(unknown.sequence, sequence(&second[0]));
    one.say(Part::Acknowledge(pb::Settled {
        deliveries: vec![pb::Delivered { sequence: 4_711, ..Default::default() }],
    }))
    .await;
    let Told::Unknown(unknown) = one.next_until_unknown().await else { panic!() };
    assert_eq!(unknown.sequence, 4_711);
    second[0].attempt = 0;
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_subscription_is_named_and_nobody_else_learns_of_it() {
    let house = house().await;
    let client = &house.operator;
    let create = async |subscription: pb::Subscription| {
        let request = pb::CreateSubscriptionRequest { subscription: Some(subscription), start: None };
        client.delivery().create_subscription(request).await.map(|answer| answer.into_inner())
    };
    for (wrong, code, told) in [
        (
            pb::Subscription { id: "Cases".to_owned(), ..subscription("x") },
            Code::InvalidArgument,
            "/subscription/id",
        ),
        (
            pb::Subscription { consumer: "seljord-nobody".to_owned(), ..subscription("x") },
            Code::NotFound,
            "/subscription/consumer",
        ),
        (
            pb::Subscription {
                filter: Some(pb::Filter { types: vec!["Case".to_owned()], ..Default::default() }),
                ..subscription("x")
            },
            Code::InvalidArgument,
            "/subscription/filter/types/0",
        ),
    ] {
        let status = create(wrong).await.unwrap_err();
        assert!(status.code() == code && status.message().contains(told), "{status}");
    }
    create(subscription("cases")).await.unwrap();
    create(subscription("cases")).await.unwrap();
    let other = pb::Subscription { filter: None, ..subscription("cases") };
    assert_eq!(create(other).await.unwrap_err().code(), Code::AlreadyExists);
    let stranger = house.hub.client_of(SELJORD).await;
    for id in ["cases", "nothing"] {
        let request = pb::GetSubscriptionRequest { tenant: "seljord".to_owned(), id: id.to_owned() };
        let status = stranger.delivery().get_subscription(request).await.unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied, "{id}");
    }
    let end = pb::ChangeSubscriptionRequest {
        tenant: "seljord".to_owned(),
        id: "cases".to_owned(),
        state: pb::SubscriptionState::Ended.into(),
        ..Default::default()
    };
    client.delivery().change_subscription(end.clone()).await.unwrap();
    assert_eq!(client.delivery().change_subscription(end).await.unwrap_err().code(), Code::Aborted);
    assert_eq!(create(subscription("cases")).await.unwrap_err().code(), Code::AlreadyExists);
    house.hub.end().await;
}

//! Dead letters and replays.

use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::consume_request::Part;
use samflyt_proto::delivery::start::At;
use samflyt_testkit::hub::SELJORD;

use super::consumer::{Consumer, case, named, sequence};
use super::{house, publish_cases, status, subscribe, subscription};

fn tenant() -> String {
    SELJORD.tenant.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_holds_back_its_case_and_nothing_else_and_redriving_goes_on_in_order() {
    let house = house().await;
    let client = &house.operator;
    subscribe(client, subscription("cases"), At::Beginning(true)).await;
    let all = publish_cases(client, 0..12, 3).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    let mut got = Vec::new();
    while got.len() < 8 {
        let delivery = consumer.next().await;
        if case(&delivery) == "case-0" {
            consumer.reject(&delivery, "the form is unknown").await;
        } else {
            got.push(sequence(&delivery));
            consumer.acknowledge(&delivery).await;
        }
    }
    let list = pb::ListDeadLettersRequest { tenant: tenant(), id: "cases".to_owned(), ..Default::default() };
    let letters = client.delivery().list_dead_letters(list.clone()).await.unwrap().into_inner();
    let [letter] = letters.dead_letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((letter.reason.as_str(), letter.tries, letters.total), ("the form is unknown", 1, 1));
    assert_eq!(letter.event.as_ref().unwrap().sequence, all[0]);
    assert!(!letter.event.as_ref().unwrap().event.as_ref().unwrap().data.is_empty(), "the whole event");

    let redrive = pb::RedriveDeadLettersRequest { tenant: tenant(), id: "cases".to_owned(), which: None };
    let redriven = client.delivery().redrive_dead_letters(redrive).await.unwrap().into_inner().redriven;
    assert_eq!(redriven, 1);
    let first = consumer.next().await;
    assert!(sequence(&first) == all[0] && first.redelivery && first.attempt == 2, "{first:?}");
    consumer.reject(&first, "still unknown").await;
    while status(client, "cases").await.dead_letters == 0 {
        tokio::task::yield_now().await;
    }
    let mut discard = pb::DiscardDeadLettersRequest {
        tenant: tenant(),
        id: "cases".to_owned(),
        which: Some(pb::Which { sequences: vec![all[0]], ..Default::default() }),
        ..Default::default()
    };
    let refused = client.delivery().discard_dead_letters(discard.clone()).await.unwrap_err();
    assert!(refused.message().contains("/reason"), "{refused}");
    (discard.reason, discard.by) = ("a test form".to_owned(), "arkivleiar".to_owned());
    let discarded = client.delivery().discard_dead_letters(discard).await.unwrap().into_inner().discarded;
    assert_eq!(discarded, 1);
    assert_eq!(consumer.take(3).await, [all[3], all[6], all[9]]);
    assert_eq!(client.delivery().list_dead_letters(list).await.unwrap().into_inner().total, 0);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_later_comes_again_and_what_was_behind_it_after_it() {
    let house = house().await;
    let client = &house.operator;
    subscribe(client, subscription("cases"), At::Beginning(true)).await;
    let all = publish_cases(client, 0..3, 1).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    let first = consumer.next().await;
    let after = Some(prost_types::Duration { seconds: 0, nanos: 300_000_000 });
    consumer.say(Part::Later(pb::Later { delivery: Some(named(&first)), after })).await;
    assert_eq!(consumer.take(3).await, all);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_repeats_a_period_to_one_subscription_marked_and_ends_by_itself() {
    let house = house().await;
    let client = &house.operator;
    for id in ["cases", "others"] {
        subscribe(client, subscription(id), At::Beginning(true)).await;
    }
    let all = publish_cases(client, 0..10, 2).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    let mut other = Consumer::start(client, "others", 0).await.unwrap();
    consumer.take(10).await;
    other.take(10).await;
    let request = pb::ReplayEventsRequest {
        tenant: tenant(),
        id: "cases".to_owned(),
        from: Some(pb::Start { at: Some(At::Sequence(all[2])) }),
        until: Some(pb::replay_events_request::Until::UntilSequence(all[7])),
        filter: Some(pb::Filter { entities: vec!["case-1".to_owned()], ..Default::default() }),
    };
    let replay = client.delivery().replay_events(request).await.unwrap().into_inner().replay;
    for expected in [all[3], all[5], all[7]] {
        let delivery = consumer.next().await;
        assert_eq!((sequence(&delivery), &delivery.replay), (expected, &replay));
        consumer.acknowledge(&delivery).await;
    }
    let list = pb::ListSubscriptionsRequest { tenant: tenant(), ended: false };
    loop {
        let open = client.delivery().list_subscriptions(list.clone()).await.unwrap().into_inner();
        if open.subscriptions.len() == 2 {
            break;
        }
        tokio::task::yield_now().await;
    }
    // The other one got nothing of it: what comes next is new.
    let last = publish_cases(client, 10..11, 2).await;
    assert_eq!(other.take(1).await, last);
    house.hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_consumer_could_not_handle_comes_again_and_is_a_dead_letter_when_its_time_is_over() {
    let house = house().await;
    let client = &house.operator;
    let second = Some(prost_types::Duration { seconds: 1, nanos: 0 });
    let limits = pb::Limits { try_for: second, ..subscription("").limits.unwrap() };
    let of_it = pb::Subscription { limits: Some(limits), ..subscription("cases") };
    subscribe(client, of_it, At::Beginning(true)).await;
    let all = publish_cases(client, 0..1, 1).await;
    let mut consumer = Consumer::start(client, "cases", 0).await.unwrap();
    for attempt in 1..=2 {
        let delivery = consumer.next().await;
        assert_eq!((sequence(&delivery), delivery.attempt), (all[0], attempt));
        let failed = pb::Failed { delivery: Some(named(&delivery)), reason: "no room".to_owned() };
        consumer.say(Part::Fail(failed)).await;
    }
    while status(client, "cases").await.dead_letters == 0 {
        tokio::task::yield_now().await;
    }
    house.hub.end().await;
}

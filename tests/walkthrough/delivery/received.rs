//! Who received what is answered as the consumers themselves recorded it.

use std::collections::{BTreeMap, BTreeSet};

use samflyt::client::Client;
use samflyt_proto::delivery as pb;
use samflyt_proto::delivery::start::At;
use samflyt_proto::lineage as asked;
use samflyt_proto::lineage::DeliveryState;
use samflyt_proto::lineage::get_flow_graph_request::Start;
use samflyt_proto::registry::EndAgreementRequest;
use samflyt_testkit::hub::{SELJORD, TestHub, VINJE};
use serde_json::json;
use time::OffsetDateTime;
use tonic::Code;

use super::consumer::{Consumer, case, sequence};
use super::{CONSUMER, TYPE, house, publish_cases, status, subscribe, subscription};
use crate::house::{House, day};

const OTHER: &str = "seljord-gat";

/// What consumers wrote down: when each of them got which event.
#[derive(Default)]
struct Recorded(BTreeMap<(&'static str, u64), Vec<i128>>);

impl Recorded {
    fn got(&mut self, consumer: &'static str, delivery: &pb::Delivery) {
        let now_ms = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        self.0.entry((consumer, sequence(delivery))).or_default().push(now_ms);
    }

    async fn take(&mut self, consumer: &'static str, from: &mut Consumer, count: usize) {
        for _ in 0..count {
            let delivery = from.next().await;
            self.got(consumer, &delivery);
            from.acknowledge(&delivery).await;
        }
    }
}

/// What lineage says of an event, when it has folded all that it knows of.
async fn deliveries(client: &Client, n: usize, sequence: u64) -> (u64, Vec<asked::EventDelivery>) {
    let request = asked::GetDeliveriesRequest {
        tenant: SELJORD.tenant.to_owned(),
        system: SELJORD.system.to_owned(),
        event_id: format!("e-{n}"),
        at_least: Some(asked::AtLeast { tenant: SELJORD.tenant.to_owned(), sequence }),
    };
    loop {
        let answer = client.lineage().get_deliveries(request.clone()).await.unwrap().into_inner();
        let positions = answer.completeness.unwrap().positions;
        let told = positions.iter().find(|position| position.stream == "DELIVERY_seljord");
        if told.is_some_and(|told| told.sequence > 0 && told.lag_events == 0) {
            return (answer.event.unwrap().sequence, answer.deliveries);
        }
        tokio::task::yield_now().await;
    }
}

/// The answers for so many events, when nothing is on its way any more and lineage has folded that.
async fn settled(client: &Client, events: usize, last: u64) -> Vec<(u64, Vec<asked::EventDelivery>)> {
    let mut answers = Vec::new();
    for n in 0..events {
        loop {
            let answer = deliveries(client, n, last).await;
            let open = [DeliveryState::OnItsWay, DeliveryState::NotLookedAt, DeliveryState::HeldBack];
            if !answer.1.iter().any(|one| open.contains(&one.state())) {
                answers.push(answer);
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    answers
}

/// What a consumer said before it goes has arrived.
async fn all_settled(client: &Client, id: &str) {
    while status(client, id).await.lag > 0 || status(client, id).await.held > 0 {
        tokio::task::yield_now().await;
    }
}

fn by_ms(at: &prost_types::Timestamp) -> i128 {
    i128::from(at.seconds) * 1_000 + i128::from(at.nanos) / 1_000_000
}

/// Every answer is what the consumers wrote down: who, not before, and where it came twice that it may have.
fn check(answers: &[(u64, Vec<asked::EventDelivery>)], recorded: &Recorded, discarded: u64) {
    for (sequence, deliveries) in answers {
        for one in deliveries {
            let got =
                recorded.0.iter().find(|((consumer, of), _)| *consumer == one.consumer && of == sequence);
            let times = got.map(|(_, times)| times.as_slice()).unwrap_or_default();
            match one.state() {
                DeliveryState::Received => {
                    let by_ms = by_ms(one.at.as_ref().unwrap());
                    assert!(times.first().is_some_and(|got| *got <= by_ms), "{sequence}: {one:?} {times:?}");
                }
                DeliveryState::Discarded => {
                    assert_eq!((*sequence, one.consumer.as_str()), (discarded, CONSUMER));
                    assert!(one.reason == "a test form" && one.by.starts_with("arkivleiar"), "{one:?}");
                }
                other => panic!("{sequence}: {other:?} {one:?}"),
            }
            assert!(times.len() < 2 || one.repeated, "{sequence} came {} times: {one:?}", times.len());
        }
        let told: BTreeSet<&str> = deliveries.iter().map(|one| one.consumer.as_str()).collect();
        let got = recorded.0.keys().filter(|(_, of)| of == sequence).map(|(consumer, _)| *consumer);
        assert_eq!(told, got.collect(), "{sequence}");
    }
}

/// Twelve events of three cases: one consumer rejects the first, which is discarded; the other goes and comes again.
async fn consumed(house: &House, recorded: &mut Recorded) -> Vec<u64> {
    let client = &house.operator;
    let all = publish_cases(client, 0..12, 3).await;
    let mut visma = Consumer::start(client, "cases", 0).await.unwrap();
    for _ in 0..9 {
        let delivery = visma.next().await;
        recorded.got(CONSUMER, &delivery);
        if case(&delivery) == "case-0" {
            visma.reject(&delivery, "the form is unknown").await;
        } else {
            visma.acknowledge(&delivery).await;
        }
    }
    let mut gat = Consumer::start(client, "gat-cases", 0).await.unwrap();
    recorded.take(OTHER, &mut gat, 4).await;
    for _ in 0..2 {
        recorded.got(OTHER, &gat.next().await);
    }
    while status(client, "gat-cases").await.in_flight > 3 {
        tokio::task::yield_now().await;
    }
    drop(gat);
    // One event is a dead letter, and what is behind it is held back, while others have theirs.
    let dead = async |n: usize| {
        let (_, deliveries) = deliveries(client, n, all[11]).await;
        let state = deliveries.into_iter().find(|one| one.consumer == CONSUMER)?;
        (state.state() == DeliveryState::DeadLetter).then_some((state.failed_sequence, state.reason))
    };
    for n in [0, 3] {
        let told = loop {
            match dead(n).await {
                Some(told) => break told,
                None => tokio::task::yield_now().await,
            }
        };
        assert_eq!(told, (all[0], "the form is unknown".to_owned()));
    }
    let discard = pb::DiscardDeadLettersRequest {
        tenant: SELJORD.tenant.to_owned(),
        id: "cases".to_owned(),
        which: None,
        reason: "a test form".to_owned(),
        by: "arkivleiar".to_owned(),
    };
    client.delivery().discard_dead_letters(discard).await.unwrap();
    recorded.take(CONSUMER, &mut visma, 3).await;
    all_settled(client, "cases").await;
    let mut gat = Consumer::start(client, "gat-cases", 0).await.unwrap();
    while status(client, "gat-cases").await.lag > 0 || status(client, "gat-cases").await.held > 0 {
        let next = tokio::time::timeout(std::time::Duration::from_millis(100), gat.next()).await;
        if let Ok(delivery) = next {
            recorded.got(OTHER, &delivery);
            gat.acknowledge(&delivery).await;
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn who_received_what_is_what_the_consumers_recorded_event_by_event() {
    let house = house().await;
    let client = &house.operator;
    house.system(OTHER, "seljord", "Gat").await;
    house.agreement("gat", SELJORD.system, OTHER, TYPE, json!({})).await;
    subscribe(client, subscription("cases"), At::Beginning(true)).await;
    let filter = pb::Filter {
        types: vec![TYPE.to_owned()],
        providers: vec![SELJORD.system.to_owned()],
        ..Default::default()
    };
    let other =
        pb::Subscription { consumer: OTHER.to_owned(), filter: Some(filter), ..subscription("gat-cases") };
    subscribe(client, other, At::Beginning(true)).await;
    let mut recorded = Recorded::default();
    let all = consumed(&house, &mut recorded).await;

    // The other one's agreement ends: what comes then is not its own, and it is not asked about.
    let (tenant, id, on) = ("seljord".to_owned(), "gat".to_owned(), day(-1).to_string());
    let request = EndAgreementRequest { tenant, id, on, ..Default::default() };
    client.catalogue().end_agreement(request).await.unwrap();
    while status(client, "gat-cases").await.uncovered.is_empty() {
        tokio::task::yield_now().await;
    }
    let more = publish_cases(client, 12..15, 3).await;
    let mut visma = Consumer::start(client, "cases", 0).await.unwrap();
    recorded.take(CONSUMER, &mut visma, 3).await;
    all_settled(client, "cases").await;
    drop(visma);
    let before = settled(client, 15, more[2]).await;
    check(&before, &recorded, all[0]);
    let stranger = house.hub.client_of(VINJE).await;
    let request = asked::GetDeliveriesRequest {
        tenant: SELJORD.tenant.to_owned(),
        system: SELJORD.system.to_owned(),
        event_id: "e-1".to_owned(),
        at_least: None,
    };
    let refused = stranger.lineage().get_deliveries(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);

    // The hub starts again without its projections: the same answers from the log.
    let dir = house.hub.end().await;
    std::fs::remove_dir_all(dir.path().join("lineage")).unwrap();
    let hub = TestHub::start_in(dir, |_| {}).await;
    let client = hub.operator().await;
    let more = publish_cases(&client, 15..17, 3).await;
    let mut visma = Consumer::start(&client, "cases", 0).await.unwrap();
    recorded.take(CONSUMER, &mut visma, 2).await;
    all_settled(&client, "cases").await;
    let after = settled(&client, 17, more[1]).await;
    check(&after, &recorded, all[0]);
    let state = |answers: &[(u64, Vec<asked::EventDelivery>)]| {
        // One moment is kept for a second: what is told later in it moves it.
        let second = |one: &asked::EventDelivery| one.at.as_ref().map(|at| at.seconds);
        let of = |one: &asked::EventDelivery| (one.consumer.clone(), one.state(), second(one));
        let of = |(sequence, all): &(u64, Vec<_>)| (*sequence, all.iter().map(of).collect::<Vec<_>>());
        answers.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(state(&after[..15]), state(&before));
    check_trace(&client, &recorded, all[1]).await;
    check_graph(&client, &recorded, all[0]).await;
    hub.end().await;
}

async fn check_trace(client: &Client, recorded: &Recorded, second: u64) {
    let request = asked::TraceEventRequest {
        tenant: SELJORD.tenant.to_owned(),
        system: SELJORD.system.to_owned(),
        event_id: "e-1".to_owned(),
        ..Default::default()
    };
    let trace = client.lineage().trace_event(request).await.unwrap().into_inner();
    let node = &trace.nodes[trace.focus as usize];
    let told: BTreeSet<&str> = node.receivers.iter().map(|one| one.system.as_str()).collect();
    let got = recorded.0.keys().filter(|(_, sequence)| *sequence == second).map(|(consumer, _)| *consumer);
    assert_eq!(told, got.collect());
    assert!(node.receivers.iter().all(|one| one.by.is_some()));
}

async fn check_graph(client: &Client, recorded: &Recorded, discarded: u64) {
    let graph = async |start: &str| {
        let request = asked::GetFlowGraphRequest {
            tenants: vec![SELJORD.tenant.to_owned()],
            start: Some(Start::System(start.to_owned())),
            direction: asked::Direction::Both.into(),
            ..Default::default()
        };
        let edges = client.lineage().get_flow_graph(request).await.unwrap().into_inner().edges;
        let received = edges.into_iter().filter(|edge| edge.received);
        received
            .map(|edge| ((edge.provider, edge.r#type, edge.consumer), edge.events))
            .collect::<BTreeMap<_, _>>()
    };
    let mut expected = BTreeMap::new();
    for (consumer, sequence) in recorded.0.keys() {
        if (*consumer, *sequence) != (CONSUMER, discarded) {
            let flow = (SELJORD.system.to_owned(), TYPE.to_owned(), (*consumer).to_owned());
            *expected.entry(flow).or_insert(0) += 1;
        }
    }
    assert_eq!(graph(SELJORD.system).await, expected);
    expected.retain(|(_, _, consumer), _| consumer == OTHER);
    assert_eq!(graph(OTHER).await, expected);
}

//! `PublishEvents`: pipelined, in order, bounded, one bad event among good ones.

use std::time::Duration;

use futures::StreamExt;
use samflyt_testkit::events::{event, request};
use samflyt_testkit::hub::{SELJORD, TestHub, VINJE};
use tokio::time::timeout;

use crate::answers::settled;

#[tokio::test(flavor = "multi_thread")]
async fn events_of_one_entity_reach_the_log_in_their_order() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let requests = (0..500).map(|n| request(event(SELJORD, &format!("e-{n}"), &format!("case-{}", n % 7))));
    let mut answers =
        client.gateway().publish_events(futures::stream::iter(requests)).await.unwrap().into_inner();
    let mut last = [0; 7];
    for n in 0..500 {
        let answer = answers.message().await.unwrap().unwrap();
        assert_eq!(answer.index, n);
        let sequence = settled(answer).unwrap().sequence;
        let of_entity = &mut last[usize::try_from(n % 7).unwrap()];
        assert!(sequence > *of_entity, "an event overtook the one before it of its entity");
        *of_entity = sequence;
    }
    assert!(answers.message().await.unwrap().is_none());
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_goes_once_the_one_of_its_own_entity_is_settled_though_an_earlier_answer_waits() {
    let hub = TestHub::start_with(|config| config.nats.ack_timeout_ms = 5_000).await;
    hub.register(SELJORD).await;
    hub.register(VINJE).await;
    never_acknowledges(&hub, "EVENTS_vinje").await;
    let events = [(VINJE, "silent", "case-1"), (SELJORD, "first", "case-2"), (SELJORD, "second", "case-2")];
    let requests = events.map(|(of, id, case)| request(event(of, id, case)));
    let client = hub.operator().await;
    let mut answers =
        client.gateway().publish_events(futures::stream::iter(requests)).await.unwrap().into_inner();
    let both_are_there = async {
        while hub.local.hub.log.state("EVENTS_seljord").await.unwrap().unwrap().last < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = both_are_there => {}
        answer = answers.message() => panic!("the first event was answered before the third was sent: {answer:?}"),
    }
    let outcomes: Vec<_> =
        answers.map(|answer| settled(answer.unwrap()).map(|receipt| receipt.sequence)).collect().await;
    assert_eq!(outcomes, [Err("LOG_UNAVAILABLE".to_owned()), Ok(1), Ok(2)]);
    hub.end().await;
}

/// From now on the stream takes events and says nothing.
pub async fn never_acknowledges(hub: &TestHub, stream: &str) {
    let jetstream = async_nats::jetstream::new(hub.local.hub.log.client().clone());
    let mut config = jetstream.get_stream(stream).await.unwrap().cached_info().config.clone();
    config.no_ack = true;
    jetstream.update_stream(config).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_event_among_good_ones_is_refused_by_itself() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    let mut bad = event(SELJORD, "bad", "case-1");
    bad.data = br#"{"case":"case-1","hours":61}"#.to_vec().into();
    let requests = [event(SELJORD, "a", "case-1"), bad, event(SELJORD, "b", "case-1")].map(request);
    let answers =
        client.gateway().publish_events(futures::stream::iter(requests)).await.unwrap().into_inner();
    let outcomes: Vec<_> =
        answers.map(|answer| settled(answer.unwrap()).map(|receipt| receipt.sequence)).collect().await;
    assert_eq!(outcomes, [Ok(1), Err("CONTRACT_VIOLATED".to_owned()), Ok(2)]);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_reads_its_acknowledgements_is_not_read_from_and_harms_nobody() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let deaf = hub.client_of(SELJORD).await;
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let answers =
        deaf.gateway().publish_events(tokio_stream::wrappers::ReceiverStream::new(receiver)).await.unwrap();
    // What is in flight and in the windows is taken, and then nothing more.
    let mut sent: u64 = 0;
    loop {
        let event = event(SELJORD, &format!("{sent}-{}", "x".repeat(110)), &format!("deaf-{sent}"));
        if timeout(Duration::from_secs(2), sender.send(request(event))).await.is_err() {
            break;
        }
        sent += 1;
        assert!(sent < 30_000, "events are taken without end from a client that reads nothing");
    }
    let other = hub.client_of(SELJORD).await;
    crate::answers::publish(&other, event(SELJORD, "heard", "case-1")).await.unwrap();
    drop(answers);
    hub.end().await;
}

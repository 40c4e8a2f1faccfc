//! The broker gone: `UNAVAILABLE` with `RetryInfo` within the deadline, and afterwards everything goes on.

use std::time::{Duration, Instant};

use samflyt::client::Client;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, TestHub};
use tonic::Code;
use tonic_types::StatusExt;

use crate::answers::{publish, status_at};

#[tokio::test(flavor = "multi_thread")]
async fn publishers_are_told_while_the_broker_is_gone_and_go_on_when_it_is_back_without_a_restart() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    publish(&client, event(SELJORD, "before", "case-1")).await.unwrap();
    let broker = hub.local.broker.clone().unwrap();
    broker.kill().await;
    for n in 0..5 {
        let since = Instant::now();
        let status = publish(&client, event(SELJORD, &format!("during-{n}"), "case-1")).await.unwrap_err();
        assert!(since.elapsed() < Duration::from_secs(7), "the publisher waited {:?}", since.elapsed());
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.get_error_details().retry_info().is_some());
    }
    broker.start_again().await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let receipt = loop {
        match publish(&client, event(SELJORD, "after", "case-1")).await {
            Ok(receipt) => break receipt,
            Err(status) => {
                assert_eq!(status.code(), Code::Unavailable);
                assert!(Instant::now() < deadline, "the hub did not find the broker again");
            }
        }
    };
    let status = status_at(&client, "seljord", receipt.sequence).await;
    assert!(status.tenants[0].events >= 2);
    hub.end().await;
}

/// `UNAVAILABLE`, with when to try again, and soon.
async fn unavailable(client: &Client, id: &str) -> String {
    let since = Instant::now();
    let status = publish(client, event(SELJORD, id, "case-1")).await.unwrap_err();
    assert!(since.elapsed() < Duration::from_secs(7), "the publisher waited {:?}", since.elapsed());
    assert_eq!(status.code(), Code::Unavailable);
    let details = status.get_error_details();
    assert!(details.retry_info().is_some_and(|retry| retry.retry_delay.is_some()), "{details:?}");
    details.error_info().unwrap().reason.clone()
}

/// Publishes until the hub takes it again.
async fn accepted_again(client: &Client, id: &str) -> u64 {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match publish(client, event(SELJORD, id, "case-1")).await {
            Ok(receipt) => return receipt.sequence,
            Err(status) => assert_eq!(status.code(), Code::Unavailable),
        }
        assert!(Instant::now() < deadline, "the hub did not find the broker again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_gone_for_longer_than_resends_are_told_by_it_is_waited_for_too() {
    let hub = TestHub::start_with(|config| config.nats.duplicate_window_s = 2).await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    publish(&client, event(SELJORD, "before", "case-1")).await.unwrap();
    let broker = hub.local.broker.clone().unwrap();
    broker.kill().await;
    assert_eq!(unavailable(&client, "during").await, "LOG_UNAVAILABLE");
    let deadline = Instant::now() + Duration::from_secs(10);
    while unavailable(&client, "during").await != "INDEX_BEHIND" {
        assert!(Instant::now() < deadline, "an index that cannot know is believed");
    }
    broker.start_again().await.unwrap();
    assert_eq!(accepted_again(&client, "during").await, 2);
    assert_eq!(accepted_again(&client, "before").await, 1, "the resend is told");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_hangs_is_told_within_the_deadline_and_what_it_was_sent_is_there_once() {
    let hub = TestHub::start_with(|config| config.nats.ack_timeout_ms = 1_000).await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    publish(&client, event(SELJORD, "before", "case-1")).await.unwrap();
    let broker = hub.local.broker.clone().unwrap();
    let pid = rustix::process::Pid::from_raw(broker.pid().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    // Told is not stopped: under load it goes on for a while. It is asked, not taken: its end is its supervisor's.
    let stopped = rustix::process::WaitIdOptions::STOPPED | rustix::process::WaitIdOptions::NOWAIT;
    rustix::process::waitid(rustix::process::WaitId::Pid(pid), stopped).unwrap();
    assert_eq!(unavailable(&client, "during").await, "LOG_UNAVAILABLE");
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
    assert_eq!(accepted_again(&client, "during").await, 2);
    let state = hub.local.hub.log.state("EVENTS_seljord").await.unwrap().unwrap();
    assert_eq!(state.messages, 2);
    hub.end().await;
}

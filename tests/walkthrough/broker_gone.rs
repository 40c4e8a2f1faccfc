//! The broker gone: `UNAVAILABLE` with `RetryInfo` within the deadline, and afterwards everything goes on.

use std::time::{Duration, Instant};

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

//! Changes of contracts and grants reach the gateway within a second.

use std::time::{Duration, Instant};

use samflyt_proto::registry as pb;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, TestHub};

use crate::answers::{publish, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn contract_and_grant_changes_reach_the_gateway_within_a_second() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let client = hub.client_of(SELJORD).await;
    publish(&client, event(SELJORD, "a", "case-1")).await.unwrap();
    let mut registry = hub.operator().await.registry();

    let since = Instant::now();
    let retire = pb::RetireContractRequest {
        r#type: "case.opened".to_owned(),
        version: "1.0".to_owned(),
        ..Default::default()
    };
    registry.retire_contract(retire).await.unwrap();
    while publish(&client, event(SELJORD, "b", "case-1")).await.is_ok() {
        assert!(since.elapsed() < Duration::from_secs(1));
    }
    let mut contract = samflyt_testkit::events::contract();
    contract.version.minor = 1;
    let document = contract.to_json();
    registry.publish_contract(pb::PublishContractRequest { document, ..Default::default() }).await.unwrap();
    let since = Instant::now();
    while publish(&client, event(SELJORD, "c", "case-1")).await.is_err() {
        assert!(since.elapsed() < Duration::from_secs(1));
    }

    let since = Instant::now();
    let id = SELJORD.organisation.to_owned();
    registry.withdraw_grant(pb::WithdrawGrantRequest { id, ..Default::default() }).await.unwrap();
    loop {
        match publish(&client, event(SELJORD, "d", "case-1")).await {
            Ok(_) => assert!(since.elapsed() < Duration::from_secs(1)),
            refused => {
                assert_eq!(refusal(refused).1, "NOT_GRANTED");
                break;
            }
        }
    }
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_the_same_thing_at_once_both_get_a_decision_on_the_newest_state() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let operator = hub.operator().await;
    let rename = |n: u32| {
        let mut registry = operator.registry();
        async move {
            let name = format!("Seljord {n}");
            let request = pb::ChangeTenantRequest {
                id: "seljord".to_owned(),
                name,
                valid_from: format!("2026-01-{n:02}"),
                ..Default::default()
            };
            registry.change_tenant(request).await
        }
    };
    let answers = futures::future::join_all((1..=8).map(rename)).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let mut registry = operator.registry();
    let listed = registry.list_tenants(pb::ListTenantsRequest::default()).await.unwrap().into_inner();
    // The registration, and each of the eight: none was lost to another.
    assert_eq!(listed.tenants[0].history.len(), 9);
    hub.end().await;
}

//! Changes of contracts and grants reach the gateway within a second.

use std::path::Path;
use std::time::{Duration, Instant};

use samflyt::client::Client;
use samflyt::hub::{Hub, HubConfig, Listen, Service};
use samflyt_proto::registry as pb;
use samflyt_runtime::SystemClock;
use samflyt_testkit::events::event;
use samflyt_testkit::hub::{SELJORD, TestHub};

use crate::answers::{publish, refusal};

/// A gateway that shares nothing with the registry but the broker: an answer of the registry does not mean that it knows.
async fn gateway_elsewhere(hub: &TestHub, dir: &Path) -> Hub {
    let mut config = HubConfig {
        data_dir: dir.to_owned(),
        grpc: Listen::loopback(0),
        http: Listen::loopback(0),
        nats: hub.local.hub.log.config().clone(),
        ..HubConfig::default()
    };
    config.auth.issuers.push(hub.local.issuer.issuer_config());
    Hub::start(config, &[Service::Gateway].into(), SystemClock::shared()).await.unwrap()
}

/// Publishes new events until the gateway answers so, which it must within a second of the change.
async fn answers_within_a_second(client: &Client, since: Instant, expected: Result<(), &str>) {
    for n in 0.. {
        let answer =
            publish(client, event(SELJORD, &format!("{}-{n}", expected.err().unwrap_or("ok")), "case-1"))
                .await;
        let answer = answer.map(|_| ()).map_err(|status| refusal::<()>(Err(status)).1);
        assert!(since.elapsed() < Duration::from_secs(1), "{answer:?} still, and not {expected:?}");
        if answer.as_ref().map_err(String::as_str).copied() == expected {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contract_and_grant_changes_reach_the_gateway_within_a_second() {
    let hub = TestHub::start().await;
    hub.register(SELJORD).await;
    let dir = tempfile::tempdir().unwrap();
    let gateway = gateway_elsewhere(&hub, dir.path()).await;
    let client = Client::connect(&format!("http://{}", gateway.grpc), &hub.token(SELJORD)).await.unwrap();
    publish(&client, event(SELJORD, "a", "case-1")).await.unwrap();
    let mut registry = hub.operator().await.registry();

    let since = Instant::now();
    let retire = pb::RetireContractRequest {
        r#type: "case.opened".to_owned(),
        version: "1.0".to_owned(),
        ..Default::default()
    };
    registry.retire_contract(retire).await.unwrap();
    answers_within_a_second(&client, since, Err("TYPE_UNKNOWN")).await;

    let since = Instant::now();
    let mut contract = samflyt_testkit::events::contract();
    contract.version.minor = 1;
    let document = contract.to_json();
    registry.publish_contract(pb::PublishContractRequest { document, ..Default::default() }).await.unwrap();
    answers_within_a_second(&client, since, Ok(())).await;

    let since = Instant::now();
    let id = SELJORD.organisation.to_owned();
    registry.withdraw_grant(pb::WithdrawGrantRequest { id, ..Default::default() }).await.unwrap();
    answers_within_a_second(&client, since, Err("NOT_GRANTED")).await;
    gateway.end().await.unwrap();
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

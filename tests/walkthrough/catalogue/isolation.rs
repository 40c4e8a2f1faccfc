//! Promise 5 in the catalogue: ids belong to one host, and a municipality's part is its own.

use samflyt_events::catalogue::Kind;
use samflyt_proto::registry as pb;
use samflyt_proto::registry::ResourceKind::{Agreement, Usage};
use samflyt_testkit::hub::{SELJORD, VINJE};
use serde_json::json;
use tonic::Status;

use super::{KINDS, document, fields, get, history, hub_of_two, list, put, system};
use crate::answers::refusal;

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_that_register_one_id_at_once_get_one_winner() {
    let hub = hub_of_two().await;
    let (seljord, vinje) = (hub.client_of(SELJORD).await, hub.client_of(VINJE).await);
    for n in 0..12 {
        let id = format!("shared-name-{n}");
        let (a, b) = tokio::join!(system(&seljord, SELJORD, &id), system(&vinje, VINJE, &id));
        let winner = if a.is_ok() { "seljord" } else { "vinje" };
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
        let loser = if a.is_ok() { b } else { a };
        assert_eq!(refusal(loser).1, "ALREADY_EXISTS");
        let request = pb::ListSystemsRequest { tenant: winner.to_owned(), ..Default::default() };
        let listed = hub.operator().await.registry().list_systems(request).await.unwrap().into_inner();
        assert!(listed.systems.iter().any(|system| system.id == id && system.host == winner));
    }
    hub.end().await;
}

fn told<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    let status = answer.as_ref().unwrap_err();
    let message = status.message().to_owned();
    format!("{:?} {message}", refusal(answer))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_seljord_learns_nothing_of_vinjes_resources() {
    let hub = hub_of_two().await;
    let (seljord, vinje) = (hub.client_of(SELJORD).await, hub.client_of(VINJE).await);
    let usage = |tenant: &str| {
        document(Kind::Usage, |document| {
            document["system"] = json!(VINJE.system);
            document["tenant"] = json!(tenant);
        })
    };
    put(&vinje, Usage, &usage("vinje")).await.unwrap();
    let not_granted =
        told::<()>(Err(samflyt_runtime::refused::status(&samflyt_events::Refusal::not_granted())));

    // What is there and what is not there get the same answer, to the letter.
    for tenant in ["vinje", "atlantis"] {
        let mut heard = vec![told(put(&seljord, Usage, &usage(tenant)).await)];
        for kind in KINDS.into_iter().filter(|kind| *kind != pb::ResourceKind::Product) {
            heard.push(told(get(&seljord, kind, tenant, VINJE.system, None).await));
            heard.push(told(history(&seljord, kind, tenant, VINJE.system).await));
            heard.push(told(list(&seljord, kind, &[tenant], None).await));
        }
        let mut catalogue = seljord.catalogue();
        let (tenant, id) = (tenant.to_owned(), "a".to_owned());
        let table = b"system,owner\nvinje-agresso,x\n".to_vec();
        let import = pb::ImportTableRequest {
            kind: Usage.into(),
            tenant: tenant.clone(),
            table,
            ..Default::default()
        };
        heard.push(told(catalogue.import_table(import).await));
        let adopt =
            pb::AdoptProductRequest { tenant: tenant.clone(), product: "x".into(), ..Default::default() };
        heard.push(told(catalogue.adopt_product(adopt).await));
        let approve = pb::ApproveAgreementRequest {
            tenant: tenant.clone(),
            id: id.clone(),
            approved_by: "x".into(),
            ..Default::default()
        };
        heard.push(told(catalogue.approve_agreement(approve).await));
        let withdraw =
            pb::WithdrawChangeRequest { tenant: tenant.clone(), id: id.clone(), ..Default::default() };
        heard.push(told(catalogue.withdraw_change(withdraw).await));
        let remove = pb::RemoveResourceRequest {
            kind: Usage.into(),
            tenant,
            id: VINJE.system.into(),
            ..Default::default()
        };
        heard.push(told(catalogue.remove_resource(remove).await));
        assert!(heard.iter().all(|heard| *heard == not_granted), "{heard:?}");
    }
    for kind in KINDS {
        let all = list(&seljord, kind, &[], None).await.unwrap();
        assert!(all.iter().all(|resource| resource.tenant == "seljord"), "{all:?}");
    }

    // A system that Vinje has, and one that nobody has.
    let agreement = |consumer: &str| {
        document(Kind::Agreement, |document| {
            document["types"] = json!(["case.opened"]);
            document["consumer"] = json!(consumer);
        })
    };
    let mut answers = Vec::new();
    for consumer in [VINJE.system, "nobody-agresso"] {
        let told = fields(put(&seljord, Agreement, &agreement(consumer)).await);
        answers.push(format!("{told:?}").replace(consumer, "X"));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains("/consumer"), "{answers:?}");
    hub.end().await;
}

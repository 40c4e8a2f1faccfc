//! Agreements, changes, products: each step, and what is said of each earlier one.

use samflyt_events::catalogue::Kind;
use samflyt_proto::common::Position;
use samflyt_proto::registry as pb;
use samflyt_proto::registry::ResourceKind::{Agreement, Change, Product, Usage};
use samflyt_testkit::hub::{SELJORD, VINJE};
use serde_json::json;

use super::{document, fields, get, history, hub_of_two, list, put, read, system};
use crate::answers::refusal;

fn admission() -> serde_json::Value {
    document(Kind::Agreement, |document| {
        document["types"] = json!(["case.opened"]);
        document["valid_until"] = json!("2027-12-31");
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_is_drafted_approved_and_ended_and_each_earlier_state_is_still_told() {
    let hub = hub_of_two().await;
    let seljord = hub.client_of(SELJORD).await;
    system(&seljord, SELJORD, "seljord-ephorte").await.unwrap();
    let id = "seljord-admission-to-archive";
    let approve = |id: &str, on: &str| pb::ApproveAgreementRequest {
        tenant: "seljord".to_owned(),
        id: id.to_owned(),
        approved_by: "Head of administration".to_owned(),
        on: on.to_owned(),
        reason: "needed".to_owned(),
    };
    let end = |on: &str| pb::EndAgreementRequest {
        tenant: "seljord".to_owned(),
        id: id.to_owned(),
        on: on.to_owned(),
        reason: "the archive moves".to_owned(),
    };
    let mut catalogue = seljord.catalogue();

    let drafted = put(&seljord, Agreement, &admission()).await.unwrap();
    assert_eq!(refusal(catalogue.end_agreement(end("2026-06-30")).await).2, "/id", "a draft does not end");
    let answer = catalogue.approve_agreement(approve(id, "2026-01-15")).await.unwrap().into_inner();
    let approved = answer.agreement.unwrap();
    assert_eq!(refusal(put(&seljord, Agreement, &admission()).await).2, "/id", "what is approved stays");

    // Another for the same flow in the same period.
    let mut second = admission();
    second["id"] = json!("seljord-admission-again");
    second["valid_from"] = json!("2027-12-31");
    second["valid_until"] = json!("2028-12-31");
    put(&seljord, Agreement, &second).await.unwrap();
    let overlapping = catalogue.approve_agreement(approve("seljord-admission-again", "2026-01-15")).await;
    let told = fields(overlapping);
    assert_eq!(told[0].0, "/types/0");
    assert!(told[0].1.contains(id), "{told:?}");

    assert_eq!(refusal(catalogue.end_agreement(end("2025-01-01")).await).2, "/on", "before it began");
    let ended = catalogue.end_agreement(end("2026-06-30")).await.unwrap().into_inner().agreement.unwrap();
    catalogue.approve_agreement(approve("seljord-admission-again", "2026-07-01")).await.unwrap();

    let mut before = drafted.changed_at.unwrap();
    before.seconds -= 1;
    assert_eq!(refusal(get(&seljord, Agreement, "seljord", id, Some(before)).await).1, "NOT_FOUND");
    for (state, status) in [(&drafted, "draft"), (&approved, "approved"), (&ended, "ended")] {
        let then = get(&seljord, Agreement, "seljord", id, state.changed_at).await.unwrap();
        assert_eq!((&then, read(&then)["status"].as_str()), (state, Some(status)));
        let listed = list(&seljord, Agreement, &["seljord"], state.changed_at).await.unwrap();
        assert!(listed.contains(state), "{status}");
    }
    let told = history(&seljord, Agreement, "seljord", id).await.unwrap();
    let types: Vec<&str> = told.iter().map(|change| change.r#type.as_str()).collect();
    assert_eq!(types, ["agreement.ended", "agreement.approved", "agreement.drafted"]);
    assert_eq!(told[0].changed, ["/status", "/valid_until"]);
    assert_eq!(told[0].reason, "the archive moves");
    for (change, state) in told.iter().zip([&ended, &approved, &drafted]) {
        assert_eq!(
            (change.changed_by.as_str(), change.client.as_str()),
            (SELJORD.organisation, SELJORD.system)
        );
        assert_eq!((change.changed_at, change.revision), (state.changed_at, state.revision));
    }
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_decided_on_its_analysis_and_each_step_is_told_as_it_was() {
    let hub = hub_of_two().await;
    let seljord = hub.client_of(SELJORD).await;
    system(&seljord, SELJORD, "seljord-ephorte").await.unwrap();
    let (tenant, id) = ("seljord".to_owned(), "seljord-new-archive".to_owned());
    let mut catalogue = seljord.catalogue();
    let decide = |id: &str| pb::DecideChangeRequest {
        tenant: tenant.clone(),
        id: id.to_owned(),
        body: "The joint ordering forum".to_owned(),
        approved: true,
        bound: vec!["seljord".to_owned(), "vinje".to_owned()],
        ..Default::default()
    };
    let analyse = |id: &str| pb::AnalyseChangeRequest {
        tenant: tenant.clone(),
        id: id.to_owned(),
        analysis: br#"{"counts": {"system": 3}}"#.to_vec(),
        positions: vec![Position { stream: "EVENTS_seljord".to_owned(), sequence: 17, ..Default::default() }],
        ..Default::default()
    };

    let mut states = vec![put(&seljord, Change, &document(Kind::Change, |_| {})).await.unwrap()];
    let early = catalogue.decide_change(decide(&id)).await;
    assert!(fields(early)[0].1.contains("without an analysis"));
    states.extend(catalogue.analyse_change(analyse(&id)).await.unwrap().into_inner().change);
    states.extend(catalogue.decide_change(decide(&id)).await.unwrap().into_inner().change);
    let late = catalogue.analyse_change(analyse(&id)).await;
    assert_eq!(refusal(late).2, "/id", "what it was decided on stays");
    let carry_out =
        pb::CarryOutChangeRequest { tenant: tenant.clone(), id: id.clone(), ..Default::default() };
    states.extend(catalogue.carry_out_change(carry_out).await.unwrap().into_inner().change);
    let measure = pb::MeasureGainRequest {
        tenant: tenant.clone(),
        id: id.clone(),
        amount: 75_000,
        ..Default::default()
    };
    states.extend(catalogue.measure_gain(measure).await.unwrap().into_inner().change);

    let statuses = ["proposed", "analysed", "approved", "carried-out", "carried-out"];
    for (state, status) in states.iter().zip(statuses) {
        let then = get(&seljord, Change, "seljord", &id, state.changed_at).await.unwrap();
        assert_eq!((&then, read(&then)["status"].as_str()), (state, Some(status)));
    }
    let last = read(&states[4]);
    assert_eq!(last["analysis"]["positions"], json!({"EVENTS_seljord": 17}));
    assert_eq!(last["analysis"]["answer"]["counts"]["system"], 3);
    assert_eq!(last["decision"]["bound"], json!(["seljord", "vinje"]));
    assert_eq!(last["gains"][0]["measured"]["amount"], 75_000);
    assert_eq!(read(&states[3])["gains"][0].get("measured"), None);
    let told = history(&seljord, Change, "seljord", &id).await.unwrap();
    let types: Vec<&str> = told.iter().rev().map(|change| change.r#type.as_str()).collect();
    assert_eq!(
        types,
        ["change.proposed", "change.analysed", "change.decided", "change.carried-out", "change.measured"]
    );

    // A new system, and nobody says what is expected of it.
    let acquire = document(Kind::Change, |document| {
        document["id"] = json!("seljord-new-toy");
        document["action"] = json!({"do": "acquire", "product": "toy"});
        document.as_object_mut().unwrap().remove("gains");
    });
    put(&seljord, Change, &acquire).await.unwrap();
    catalogue.analyse_change(analyse("seljord-new-toy")).await.unwrap();
    assert_eq!(refusal(catalogue.decide_change(decide("seljord-new-toy")).await).2, "/gains");
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_resource_is_gone_now_and_there_before_and_its_history_says_who_when_and_why() {
    let hub = hub_of_two().await;
    let seljord = hub.client_of(SELJORD).await;
    let usage = |owner: &str| {
        document(Kind::Usage, |document| {
            document["system"] = json!(SELJORD.system);
            document["owner"] = json!(owner);
        })
    };
    let first = put(&seljord, Usage, &usage("The school office")).await.unwrap();
    let second = put(&hub.operator().await, Usage, &usage("The kindergartens")).await.unwrap();
    let remove = pb::RemoveResourceRequest {
        kind: Usage.into(),
        tenant: "seljord".to_owned(),
        id: SELJORD.system.to_owned(),
        reason: "described elsewhere".to_owned(),
        expected_revision: second.revision,
    };
    seljord.catalogue().remove_resource(remove).await.unwrap();
    assert_eq!(refusal(get(&seljord, Usage, "seljord", SELJORD.system, None).await).1, "NOT_FOUND");
    for state in [&first, &second] {
        let then = get(&seljord, Usage, "seljord", SELJORD.system, state.changed_at).await.unwrap();
        assert_eq!(then, *state);
    }
    let told = history(&seljord, Usage, "seljord", SELJORD.system).await.unwrap();
    assert_eq!((told[0].r#type.as_str(), told[0].reason.as_str()), ("usage.removed", "described elsewhere"));
    assert!(told[0].document.is_empty());
    assert_eq!(told[1].changed, ["/owner"]);
    assert_ne!(told[1].changed_by, told[2].changed_by, "the operator, and the municipality");
    assert_eq!(told[2].changed_by, SELJORD.organisation);
    hub.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_described_product_is_adopted_with_one_call_and_improvements_flow_back() {
    let hub = hub_of_two().await;
    let (seljord, vinje) = (hub.client_of(SELJORD).await, hub.client_of(VINJE).await);
    let described = document(Kind::Product, |document| document["standards"] = json!(["Noark 5"]));
    put(&seljord, Product, &described).await.unwrap();
    let mut improved = described.clone();
    improved["standards"] = json!(["Noark 5", "Fiks Arkiv"]);
    let stranger = put(&vinje, Product, &improved).await;
    assert_eq!(refusal(stranger).1, "NOT_GRANTED", "who runs no system of it describes nothing");

    let adopt = pb::AdoptProductRequest {
        tenant: "vinje".to_owned(),
        product: "ephorte".to_owned(),
        ..Default::default()
    };
    let system = vinje.catalogue().adopt_product(adopt).await.unwrap().into_inner().system.unwrap();
    assert_eq!((system.id.as_str(), system.tenant.as_str()), ("vinje-ephorte", "vinje"));
    assert_eq!((&read(&system)["product"], &read(&system)["version"]), (&json!("ephorte"), &json!("6.0")));

    put(&vinje, Product, &improved).await.unwrap();
    let product = get(&seljord, Product, "", "ephorte", None).await.unwrap();
    assert_eq!(read(&product)["standards"], json!(["Noark 5", "Fiks Arkiv"]));
    assert_eq!(product.changed_by, VINJE.organisation);
    let told = history(&seljord, Product, "", "ephorte").await.unwrap();
    assert_eq!(told[0].changed, ["/standards"]);
    hub.end().await;
}

//! Recorded events held against the contracts of a substitute.

use samflyt::client::Client;
use samflyt_proto::lineage as pb;
use samflyt_proto::registry;
use samflyt_testkit::events::{contract, event};
use samflyt_testkit::hub::SELJORD;
use serde_json::json;
use tonic::Code;

use crate::answers::{publish, refusal};
use crate::region::Region;

async fn rehearse(client: &Client, request: pb::RehearseChangeRequest) -> (pb::RehearsalReport, Vec<u64>) {
    let mut answers = client.insight().rehearse_change(request).await.unwrap().into_inner();
    let mut read = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        read.push(answer.read);
        if let Some(report) = answer.report {
            return (report, read);
        }
    }
    panic!("no report after {read:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_finds_the_field_that_fails_with_counts_and_ids_and_passes_with_a_contract_that_fits() {
    let region = Region::start().await;
    // Between them, so that the newest so many have to be looked for.
    for n in 0..12 {
        let mut opened = event(SELJORD, &format!("e-{n}"), "case-1");
        opened.data = json!({"case": "case-1", "hours": n, "note": "SECRET"}).to_string().into();
        publish(&region.operator, opened).await.unwrap();
        region.say("seljord", "seljord-ephorte", "case.opened", &format!("other-{n}"), "").await;
    }
    region.say("seljord", "seljord-oppvekst", "invoice.issued", "invoice", "").await;
    let mut strict = contract();
    strict.schema["properties"]["hours"]["maximum"] = json!(9);
    let ask = |contracts: Vec<Vec<u8>>, events_max: u32| pb::RehearseChangeRequest {
        tenant: "seljord".to_owned(),
        system: "seljord-oppvekst".to_owned(),
        contracts,
        events_max,
        window: None,
    };
    let seljord = region.hub.client_of(SELJORD).await;
    let (report, read) = rehearse(&seljord, ask(vec![strict.to_json()], 5)).await;
    assert_eq!((report.events, report.passed, report.failed), (6, 4, 2));
    assert_eq!(read.last(), Some(&6));
    assert_eq!(report.failures.len(), 1);
    let failure = &report.failures[0];
    assert_eq!((failure.r#type.as_str(), failure.field.as_str()), ("case.opened", "/data/hours"));
    assert_eq!((failure.rule.as_str(), failure.events), ("is more than 9", 2));
    assert_eq!(failure.event_ids, ["seljord-oppvekst/e-10", "seljord-oppvekst/e-11"]);
    assert!(!format!("{report:?}").contains("SECRET"));
    // The version in force is the one that they were checked against.
    let (report, _) = rehearse(&seljord, ask(Vec::new(), 0)).await;
    assert_eq!((report.events, report.failed, report.failures.len()), (13, 0, 0));
    assert!(report.missing_types.is_empty());
    // By days: all, or none of them.
    for (from, until, events) in [("2020-01-01", "", 13), ("", "2020-01-01", 0)] {
        let window = Some(pb::Window { from: from.to_owned(), until: until.to_owned() });
        let (report, _) =
            rehearse(&seljord, pb::RehearseChangeRequest { window, ..ask(Vec::new(), 1) }).await;
        assert_eq!(report.events, events, "{from} to {until}");
    }
    // A type whose only version is retired: the substitute would have to have one.
    let request = registry::RetireContractRequest {
        r#type: "invoice.issued".to_owned(),
        version: "1.0".to_owned(),
        ..Default::default()
    };
    region.operator.registry().retire_contract(request).await.unwrap();
    let (report, _) = rehearse(&seljord, ask(Vec::new(), 0)).await;
    assert_eq!((report.events, report.missing_types), (12, vec!["invoice.issued".to_owned()]));

    let refused = refusal(seljord.insight().rehearse_change(ask(vec![b"{}".to_vec()], 0)).await);
    assert_eq!((refused.1.as_str(), refused.2.as_str()), ("CONTRACT_INVALID", "/contracts/0"));
    let vinje = pb::RehearseChangeRequest { tenant: "vinje".to_owned(), ..ask(Vec::new(), 0) };
    assert_eq!(refusal(seljord.insight().rehearse_change(vinje).await).0, Code::PermissionDenied);
    region.hub.end().await;
}

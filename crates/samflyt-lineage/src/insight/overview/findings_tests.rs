//! Each finding on the day on which it begins to be one.

use samflyt_events::catalogue::System;
use serde_json::{Value, json};
use time::macros::date;

use super::super::used::tests::{one, system};
use super::*;

const RULES: Rules =
    Rules { on: date!(2026 - 03 - 01), horizon: date!(2026 - 06 - 01), risk_assessment_years: 2 };

fn used(usage: Value) -> Used {
    let mut document = json!({"system": "seljord-gis", "tenant": "seljord", "owner": "Head of plans",
        "risk_assessed_on": "2025-01-01"});
    for (member, value) in usage.as_object().unwrap() {
        document[member] = value.clone();
    }
    Used { usage: Some(Arc::new(serde_json::from_value(document).unwrap())), ..one(system("seljord-gis")) }
}

fn agreement(id: &str, from: &str, until: &str, kinds: &[&str]) -> Arc<Agreement> {
    let document = json!({"id": id, "tenant": "seljord", "provider": "a-a", "consumer": "b-b", "types": kinds,
        "purpose": "x", "legal_basis": {}, "valid_from": from, "valid_until": until, "status": "approved",
        "approved_by": "Council", "approved_on": "2020-01-01"});
    Arc::new(serde_json::from_value(document).unwrap())
}

fn told(
    used: &[Used],
    agreements: &[Arc<Agreement>],
    personal: &[&str],
) -> Vec<(FindingKind, String, String)> {
    let functions = |product: &str| match product {
        "product" => vec!["maps".to_owned()],
        _ => Vec::new(),
    };
    let personal = personal.iter().map(|system| (*system).to_owned()).collect();
    let found = findings(RULES, used, &functions, agreements, &personal);
    found.into_iter().map(|finding| (finding.kind(), finding.id, finding.on)).collect()
}

fn kinds(used: Used) -> Vec<FindingKind> {
    told(&[used], &[], &["seljord-gis"]).into_iter().map(|(kind, ..)| kind).collect()
}

#[test]
fn a_system_in_order_gives_nothing_and_each_lack_is_told() {
    let processing = |until: &str| json!({"chain": [{"name": "The company"}], "valid_until": until});
    let usage = |until: &str| json!({"processing": processing(until)});
    assert_eq!(kinds(used(usage("2026-06-02"))), []);
    assert_eq!(kinds(used(usage("2026-06-01"))), [FindingKind::ProcessingAgreementExpires]);
    assert_eq!(kinds(used(usage("2025-06-01"))), [FindingKind::ProcessingAgreementExpires]);
    assert_eq!(kinds(used(json!({}))), [FindingKind::NoProcessingAgreement]);
    assert_eq!(told(&[used(json!({}))], &[], &[]), []);
    let nothing = Used { usage: None, ..used(json!({})) };
    let lacks = [FindingKind::NoOwner, FindingKind::NoRiskAssessment, FindingKind::NoProcessingAgreement];
    assert_eq!(kinds(nothing), lacks);
}

#[test]
fn a_risk_assessment_holds_for_its_years_to_the_day_also_one_of_29_february() {
    let assessed = |on: &str| {
        let usage = json!({"risk_assessed_on": on});
        told(&[used(usage)], &[], &[]).into_iter().map(|(kind, ..)| kind).collect::<Vec<_>>()
    };
    assert_eq!(assessed("2024-03-01"), []);
    assert_eq!(assessed("2024-02-29"), []);
    assert_eq!(assessed("2024-02-28"), [FindingKind::RiskAssessmentOutdated]);
    assert_eq!(assessed("2026-03-02"), [FindingKind::NoRiskAssessment]);
}

#[test]
fn an_agreement_expires_within_the_horizon_unless_another_goes_on() {
    let expiring = |agreements: &[Arc<Agreement>]| -> Vec<String> {
        told(&[], agreements, &[]).into_iter().map(|(_, id, on)| format!("{id} {on}")).collect()
    };
    let ends = agreement("ends", "2026-01-01", "2026-06-01", &["case.opened"]);
    let later = agreement("later", "2026-01-01", "2026-06-02", &["case.closed"]);
    let ended = agreement("ended", "2025-01-01", "2026-02-28", &["case.opened"]);
    assert_eq!(expiring(&[ends.clone(), later, ended]), ["ends 2026-06-01"]);
    let renewed = agreement("renewed", "2026-06-02", "2027-06-01", &["case.opened"]);
    assert_eq!(expiring(&[ends.clone(), renewed]), Vec::<String>::new());
    let short = agreement("short", "2026-03-02", "2026-05-31", &["case.opened"]);
    let last = agreement("last", "2026-06-01", "2026-06-01", &["case.opened"]);
    assert_eq!(expiring(&[short, last]), ["last 2026-06-01"]);
    let other = agreement("other", "2026-06-02", "2027-06-01", &["case.closed"]);
    assert_eq!(expiring(&[ends, other]), ["ends 2026-06-01"]);
}

#[test]
fn a_function_is_covered_twice_by_systems_in_use_and_not_by_one_that_is_phased_out() {
    let functions = |systems: Vec<System>| {
        let used: Vec<Used> = systems.into_iter().map(one).collect();
        told(&used, &[], &[])
            .into_iter()
            .filter(|(kind, ..)| *kind == FindingKind::FunctionCoveredTwice)
            .map(|(_, id, _)| id)
            .collect::<Vec<_>>()
    };
    assert_eq!(functions(vec![system("a-a"), system("b-b")]), ["maps"]);
    let leaving = System { phased_out_from: Some(date!(2026 - 02 - 01)), ..system("b-b") };
    assert_eq!(functions(vec![system("a-a"), leaving]), Vec::<String>::new());
    let other = System { product: "another".to_owned(), ..system("b-b") };
    assert_eq!(functions(vec![system("a-a"), other]), Vec::<String>::new());
}

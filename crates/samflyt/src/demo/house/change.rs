//! A change before it is decided: what it touches, how its substitute would have done, and the decision on record.

use std::collections::BTreeMap;

use anyhow::Context;
use samflyt_proto::lineage::{
    AnalyzeImpactRequest, AnalyzeImpactResponse, ImpactAction, ImpactKind, ImpactLine, RehearsalReport,
    RehearseChangeRequest, analyze_impact_request::Subject,
};
use samflyt_proto::registry as pb;
use serde_json::json;

use super::counted;
use crate::cli::Table;
use crate::client::Client;
use crate::demo::catalogue::{House, SUBSTITUTE};
use crate::demo::show::heading;
use crate::demo::week::{Expect, Week};

const TENANT: &str = "seljord";
const SYSTEM: &str = "seljord-ephorte";
const CHANGE: &str = "seljord-replace-ephorte";
const BODY: &str = "The joint ordering forum of Vest-Telemark";
/// How many lines of a kind are shown.
const ROWS_MAX: usize = 2;
/// How many of the events that would have been refused are named.
const IDS_MAX: usize = 3;

const KINDS: [(ImpactKind, &str, &str); 12] = [
    (ImpactKind::Flow, "flow", "flows"),
    (ImpactKind::System, "system", "systems"),
    (ImpactKind::Tenant, "municipality", "municipalities"),
    (ImpactKind::Process, "process", "processes"),
    (ImpactKind::Service, "service", "services"),
    (ImpactKind::Dataset, "dataset", "datasets"),
    (ImpactKind::Agreement, "agreement to renew", "agreements to renew"),
    (ImpactKind::Affair, "affair under way", "affairs under way"),
    (ImpactKind::ArchiveDuty, "archive duty", "archive duties"),
    (ImpactKind::PersonalData, "concept of personal data", "concepts of personal data"),
    (ImpactKind::ZoneCrossing, "flow between zones", "flows between zones"),
    (ImpactKind::Contact, "office to tell", "offices to tell"),
];

pub(super) async fn page(operator: &Client, house: &House, week: &Week) -> anyhow::Result<bool> {
    heading("What replacing ePhorte in Seljord would touch");
    let substitute = format!("{}-{}", house.adopted.tenant, house.adopted.product);
    let request = AnalyzeImpactRequest {
        tenants: vec![TENANT.to_owned()],
        subject: Some(Subject::System(SYSTEM.to_owned())),
        action: ImpactAction::Replace.into(),
        substitute,
        ..Default::default()
    };
    let impact = operator.insight().analyze_impact(request).await?.into_inner();
    touched(&impact);
    heading("Rehearsal: the recorded events held against Bautastein's contract");
    let report = rehearse(operator).await?;
    let right = rehearsed(&report, week);
    record(operator, &impact, &report).await?;
    Ok(right)
}

fn touched(impact: &AnalyzeImpactResponse) {
    let counts: BTreeMap<ImpactKind, u64> =
        impact.counts.iter().map(|count| (count.kind(), count.lines)).collect();
    let of = |kind: &ImpactKind| counts.get(kind).copied().unwrap_or(0);
    println!("{}", counted(KINDS.iter().map(|(kind, one, many)| (of(kind), *one, *many))));
    let mut table = Table::new(&["", "what", "#away", "reached by", "note"]);
    for (kind, one, _) in KINDS {
        for line in impact.lines.iter().filter(|line| line.kind() == kind).take(ROWS_MAX) {
            let path = short(&line.path.join(" → "));
            table.row([one, &what(line), &line.distance.to_string(), &path, &short(&line.note)]);
        }
    }
    print!("{}", table.render());
}

fn what(line: &ImpactLine) -> String {
    let flows = matches!(line.kind(), ImpactKind::Flow | ImpactKind::ZoneCrossing);
    let text = match (flows, line.name.is_empty()) {
        (true, _) => format!("{} → {}", line.provider, line.consumer),
        (false, true) => line.id.clone(),
        (false, false) => line.name.clone(),
    };
    short(&text)
}

/// Without the municipality, which the page is about.
fn short(text: &str) -> String {
    text.replace(&format!("{TENANT}-"), "")
}

async fn rehearse(operator: &Client) -> anyhow::Result<RehearsalReport> {
    let request = RehearseChangeRequest {
        tenant: TENANT.to_owned(),
        system: SYSTEM.to_owned(),
        contracts: vec![SUBSTITUTE.as_bytes().to_vec()],
        ..Default::default()
    };
    let mut stream = operator.insight().rehearse_change(request).await?.into_inner();
    let mut report = None;
    while let Some(message) = stream.message().await? {
        report = message.report.or(report);
    }
    report.context("the rehearsal ended without a report")
}

fn rehearsed(report: &RehearsalReport, week: &Week) -> bool {
    println!(
        "{} events replayed: {} would have been taken, {} refused",
        report.events, report.passed, report.failed
    );
    let mut table = Table::new(&["event type", "field", "rule", "#events", "such as"]);
    for failure in &report.failures {
        let ids: Vec<&str> = failure.event_ids.iter().take(IDS_MAX).map(String::as_str).collect();
        table.row([
            &failure.r#type,
            &failure.field,
            &failure.rule,
            &failure.events.to_string(),
            &ids.join(", "),
        ]);
    }
    print!("{}", table.render());
    let planned = too_long(week);
    let right = report.failed == planned && report.failures.len() == 1;
    if !right {
        println!("NOT AS DECLARED: {planned} events have a title that is too long for the substitute");
    }
    right
}

/// What the substitute's contract refuses: cases whose title is longer than it takes.
fn too_long(week: &Week) -> u64 {
    let longest = serde_json::from_str::<serde_json::Value>(SUBSTITUTE).ok();
    let longest =
        longest.and_then(|contract| contract["schema"]["properties"]["title"]["maxLength"].as_u64());
    let seljord = week.by_tenant.get(TENANT).into_iter().flatten();
    let opened = seljord.filter(|planned| {
        let Ok(data) = serde_json::from_slice::<serde_json::Value>(&planned.event.data) else { return false };
        let title = data["title"].as_str().map_or(0, |title| title.chars().count() as u64);
        planned.expect == Expect::Accepted
            && planned.event.system == SYSTEM
            && planned.event.r#type == "case.opened"
            && longest.is_some_and(|longest| title > longest)
    });
    opened.count() as u64
}

/// Puts on record what the change is decided on, and the decision.
async fn record(
    operator: &Client,
    impact: &AnalyzeImpactResponse,
    report: &RehearsalReport,
) -> anyhow::Result<()> {
    let lines: BTreeMap<&str, u64> =
        impact.counts.iter().map(|count| (count.kind().as_str_name(), count.lines)).collect();
    let failures: Vec<_> = report
        .failures
        .iter()
        .map(|of| json!({"type": of.r#type, "field": of.field, "rule": of.rule, "events": of.events}))
        .collect();
    let positions = impact.completeness.as_ref().map(|of| of.positions.clone()).unwrap_or_default();
    let analysis = json!({
        "impact": lines,
        "rehearsal": {"events": report.events, "passed": report.passed, "failed": report.failed, "failures": failures},
    });
    let analysed = pb::AnalyseChangeRequest {
        tenant: TENANT.to_owned(),
        id: CHANGE.to_owned(),
        analysis: analysis.to_string().into_bytes(),
        positions,
        reason: "the demo".to_owned(),
    };
    operator.catalogue().analyse_change(analysed).await?;
    let decided = pb::DecideChangeRequest {
        tenant: TENANT.to_owned(),
        id: CHANGE.to_owned(),
        body: BODY.to_owned(),
        approved: true,
        reason: "The title can be shortened before the cut-over".to_owned(),
        ..Default::default()
    };
    operator.catalogue().decide_change(decided).await?;
    println!("On record: `{CHANGE}` was analysed at these log positions, and approved by: {BODY}.");
    Ok(())
}

//! Declared against observed.

use std::collections::BTreeMap;

use samflyt_proto::lineage::{Drift as Found, DriftKind, FindDriftRequest};

use crate::cli::Table;
use crate::client::Client;
use crate::demo::catalogue::Drift;
use crate::demo::show::heading;
use crate::demo::week::Flow;

/// How many flows of a kind are shown.
const ROWS_MAX: usize = 4;

const KINDS: [(DriftKind, &str); 5] = [
    (DriftKind::Shadow, "seen and never declared (shadow flows)"),
    (DriftKind::NeverSeen, "declared and never seen"),
    (DriftKind::Outlived, "seen after the agreement had ended"),
    (DriftKind::NoLegalBasis, "personal fields without a legal basis in force"),
    (DriftKind::Dead, "declared, and silent for long"),
];

pub(super) async fn page(operator: &Client, expected: &Drift) -> anyhow::Result<bool> {
    heading("What was declared, and what flows");
    let mut stream = operator.insight().find_drift(FindDriftRequest::default()).await?.into_inner();
    let mut all = Vec::new();
    while let Some(message) = stream.message().await? {
        all.extend(message.drifts);
    }
    let mut found = Drift::default();
    for (kind, title) in KINDS {
        let of_kind: Vec<&Found> = all.iter().filter(|drift| drift.kind() == kind).collect();
        of_kind.iter().for_each(|drift| found.add(kind, flow(drift)));
        rows(title, &of_kind);
    }
    Ok(compare(&found, expected))
}

fn flow(drift: &Found) -> Flow {
    Flow {
        tenant: drift.tenant.clone(),
        provider: drift.provider.clone(),
        kind: drift.r#type.clone(),
        consumer: drift.consumer.clone(),
    }
}

fn rows(title: &str, drifts: &[&Found]) {
    println!("{}  {title}", drifts.len());
    if drifts.is_empty() {
        return;
    }
    let mut table = Table::new(&["    municipality", "from", "event type", "to", "#events", "what is known"]);
    for drift in of_many(drifts).take(ROWS_MAX) {
        table.row([
            &format!("    {}", drift.tenant),
            &drift.provider,
            &drift.r#type,
            &drift.consumer,
            &drift.events.to_string(),
            &known(drift),
        ]);
    }
    print!("{}", table.render());
    if drifts.len() > ROWS_MAX {
        println!("    … and {} more", drifts.len() - ROWS_MAX);
    }
}

/// One of each municipality first, then a second of each.
fn of_many<'d>(drifts: &[&'d Found]) -> impl Iterator<Item = &'d Found> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ranked: Vec<(usize, &Found)> = Vec::with_capacity(drifts.len());
    for drift in drifts {
        let nth = counts.entry(&drift.tenant).or_default();
        ranked.push((*nth, drift));
        *nth += 1;
    }
    ranked.sort_by_key(|(nth, _)| *nth);
    ranked.into_iter().map(|(_, drift)| drift)
}

fn known(drift: &Found) -> String {
    let mut parts = Vec::new();
    if !drift.ended_on.is_empty() {
        parts.push(format!("ended on {}", drift.ended_on));
    } else if !drift.agreement.is_empty() {
        parts.push(drift.agreement.clone());
    }
    if !drift.personal_fields.is_empty() {
        parts.push(drift.personal_fields.join(" "));
    }
    parts.join("; ")
}

/// Flow by flow, not by their numbers alone.
fn compare(found: &Drift, expected: &Drift) -> bool {
    if found == expected {
        println!("Just what the week and the agreements come to.");
        return true;
    }
    for (kind, title) in KINDS {
        let (found, expected) = (found.of_kind(kind), expected.of_kind(kind));
        for flow in expected.difference(found) {
            println!("NOT AS DECLARED: not found: {title}: {flow}");
        }
        for flow in found.difference(expected) {
            println!("NOT AS DECLARED: found: {title}: {flow}");
        }
    }
    false
}

//! What became of the week, for people: totals, an affair, the flows around Agresso, who would notice if ePhorte went.

use std::collections::{BTreeMap, BTreeSet};

use samflyt_proto::lineage::{
    AtLeast, Direction, GetFlowGraphRequest, GetStatusRequest, TraceEventRequest,
    get_flow_graph_request::Start,
};

use super::publish::Totals;
use super::week::Week;
use crate::cli::{Table, render_outline, render_trace};
use crate::client::Client;

/// How many unexpected answers are listed.
const UNEXPECTED_MAX: usize = 10;

/// Prints what was published and what flowed.
pub(super) async fn week(operator: &Client, week: &Week, totals: &[Totals]) -> anyhow::Result<()> {
    published(totals);
    affair(operator, week, totals).await?;
    around(
        operator,
        "vinje-agresso",
        "The flows around Agresso, which Vinje hosts and six municipalities use",
    )
    .await?;
    who_would_notice(operator).await
}

pub(super) fn heading(text: &str) {
    println!("\n{text}\n{}", "─".repeat(text.chars().count()));
}

fn published(totals: &[Totals]) {
    heading("What became of the week");
    let mut table = Table::new(&["municipality", "#accepted", "#resent", "#refused"]);
    let (mut accepted, mut resent, mut refused) = (0, 0, 0);
    for of in totals {
        let wrong: u64 = of.refused.values().sum();
        table.row([&of.tenant, &of.accepted.to_string(), &of.duplicates.to_string(), &wrong.to_string()]);
        (accepted, resent, refused) = (accepted + of.accepted, resent + of.duplicates, refused + wrong);
    }
    table.row(["together", &accepted.to_string(), &resent.to_string(), &refused.to_string()]);
    print!("{}", table.render());
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for (reason, count) in totals.iter().flat_map(|of| &of.refused) {
        *reasons.entry(reason).or_default() += count;
    }
    let reasons: Vec<String> = reasons.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    println!("refused by reason: {}", reasons.join(", "));
    for (id, expected, came) in totals.iter().flat_map(|of| &of.unexpected).take(UNEXPECTED_MAX) {
        println!("NOT AS EXPECTED: {id}: expected {expected}, got {came}");
    }
}

pub(super) fn at_least(totals: &[Totals], tenant: &str) -> Option<AtLeast> {
    let sequence = totals.iter().find(|of| of.tenant == tenant)?.sequence;
    Some(AtLeast { tenant: tenant.to_owned(), sequence })
}

async fn affair(operator: &Client, week: &Week, totals: &[Totals]) -> anyhow::Result<()> {
    heading("One affair: a kindergarten application in Seljord, from form to invoice");
    let request = TraceEventRequest {
        tenant: week.showcase.tenant.clone(),
        system: week.showcase.system.clone(),
        event_id: week.showcase.event_id.clone(),
        events_max: 0,
        at_least: at_least(totals, &week.showcase.tenant),
    };
    let trace = operator.lineage().trace_event(request).await?.into_inner();
    print!("{}", render_trace(&trace));
    Ok(())
}

async fn around(operator: &Client, system: &str, title: &str) -> anyhow::Result<()> {
    heading(title);
    let request = GetFlowGraphRequest {
        start: Some(Start::System(system.to_owned())),
        direction: Direction::Both.into(),
        depth: 1,
        ..Default::default()
    };
    let graph = operator.lineage().get_flow_graph(request).await?.into_inner();
    print!("{}", render_outline(&graph.nodes, &graph.edges));
    Ok(())
}

/// Everyone who was seen to use what an ePhorte gives, and everyone whose events it uses.
async fn who_would_notice(operator: &Client) -> anyhow::Result<()> {
    heading("Who would notice if ePhorte were replaced");
    let systems = samflyt_proto::registry::ListSystemsRequest { page_size: 1_000, ..Default::default() };
    let systems = operator.registry().list_systems(systems).await?.into_inner().systems;
    let mut table = Table::new(&["system", "whose events are used by", "and which uses events of"]);
    for system in systems.iter().filter(|system| system.product == "ephorte") {
        let request = GetFlowGraphRequest {
            start: Some(Start::System(system.id.clone())),
            depth: 1,
            ..Default::default()
        };
        let edges = operator.lineage().get_flow_graph(request).await?.into_inner().edges;
        let others = |mine: fn(&samflyt_proto::lineage::Flow) -> (&String, &String)| {
            let others: BTreeSet<&str> = edges
                .iter()
                .map(mine)
                .filter(|(own, other)| **own == system.id && !other.is_empty())
                .map(|(_, other)| other.as_str())
                .collect();
            others.into_iter().collect::<Vec<_>>().join(", ")
        };
        let uses = others(|edge| (&edge.consumer, &edge.provider));
        let used_by = others(|edge| (&edge.provider, &edge.consumer));
        if !(used_by.is_empty() && uses.is_empty()) {
            table.row([&system.id, &used_by, &uses]);
        }
    }
    print!("{}", table.render());
    Ok(())
}

/// Prints how far lineage is; says whether it counts what was accepted.
pub(super) async fn positions(operator: &Client, totals: &[Totals]) -> anyhow::Result<bool> {
    heading("Positions and lag");
    let mut agrees = true;
    let headings =
        ["municipality", "#position", "#head of the log", "#behind", "#events in lineage", "#systems", ""];
    let mut table = Table::new(&headings);
    for of in totals {
        let tenants = vec![of.tenant.clone()];
        let request = GetStatusRequest { tenants, at_least: at_least(totals, &of.tenant) };
        let status = operator.lineage().get_status(request).await?.into_inner();
        for tenant in status.tenants {
            let position = tenant.position.unwrap_or_default();
            let appended = of.accepted + of.answers;
            let right = tenant.events == appended && position.sequence == appended;
            agrees &= right;
            let remark = if right { "" } else { "DIFFERS FROM WHAT WAS APPENDED" };
            table.row([
                &tenant.tenant,
                &position.sequence.to_string(),
                &position.head.to_string(),
                &position.lag_events.to_string(),
                &tenant.events.to_string(),
                &tenant.systems.len().to_string(),
                remark,
            ]);
        }
    }
    print!("{}", table.render());
    println!("{}", if agrees { "The totals add up." } else { "The totals do NOT add up." });
    Ok(agrees)
}

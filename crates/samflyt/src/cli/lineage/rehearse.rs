//! `samflyt lineage rehearse`: recorded events held against the contracts of a substitute.

use std::path::PathBuf;

use anyhow::Context;
use samflyt_proto::lineage::{RehearsalReport, RehearseChangeRequest};
use serde_json::{Value, json};

use super::ask::Period;
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt lineage rehearse seljord seljord-ephorte --contract case-opened-2.json\n  \
                  samflyt lineage rehearse seljord seljord-ephorte --from 2026-01-01"
)]
pub(super) struct Rehearse {
    /// The municipality whose events are replayed
    tenant: String,
    /// The system that would be replaced
    system: String,
    /// A contract of the substitute, JSON; repeated. Types without one are held against the version in force
    #[arg(long = "contract", value_name = "FILE")]
    contracts: Vec<PathBuf>,
    /// The newest so many events of each type
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    events: u32,
    #[command(flatten)]
    period: Period,
}

impl Rehearse {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let read =
            |path: &PathBuf| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        let window = self.period.window();
        let dated = !window.from.is_empty() || !window.until.is_empty();
        let request = RehearseChangeRequest {
            tenant: self.tenant,
            system: self.system,
            contracts: self.contracts.iter().map(read).collect::<anyhow::Result<_>>()?,
            events_max: self.events,
            window: dated.then_some(window),
        };
        let mut answers =
            remote.insight().await?.rehearse_change(request).await.map_err(Failure::from)?.into_inner();
        let progress = indicatif::ProgressBar::new_spinner();
        let report = loop {
            let Some(answer) = answers.message().await.map_err(Failure::from)? else {
                anyhow::bail!("the hub ended the rehearsal before it was done: is it stopping? try again");
            };
            progress.set_message(format!("{} events held against the contracts", show::number(answer.read)));
            progress.tick();
            if let Some(report) = answer.report {
                break report;
            }
        };
        progress.finish_and_clear();
        let reach = show::completeness(report.completeness.as_ref(), "mend the first and rehearse again");
        if json { print_json(&to_json(&report)) } else { print(&(render(&report) + &reach)) }
    }
}

fn render(report: &RehearsalReport) -> String {
    let mut text = format!(
        "{} events: {} would have passed, {} would have failed\n",
        show::number(report.events),
        show::number(report.passed),
        show::number(report.failed)
    );
    let mut table = Table::new(&["type", "field", "rule", "#events", "first of them"]);
    for failure in &report.failures {
        let first = failure.event_ids.join(" ");
        let events = show::number(failure.events);
        table.row([&failure.r#type, &failure.field, &failure.rule, &events, &first]);
    }
    if !report.failures.is_empty() {
        text += &format!("\n{}\n", table.render());
    }
    for kind in &report.missing_types {
        text += &format!("no contract for {kind}: give one, or the substitute cannot publish it\n");
    }
    text
}

fn to_json(report: &RehearsalReport) -> Value {
    let failure = |failure: &samflyt_proto::lineage::RehearsalFailure| {
        json!({
            "type": failure.r#type,
            "field": failure.field,
            "rule": failure.rule,
            "events": failure.events,
            "event_ids": failure.event_ids,
        })
    };
    json!({
        "events": report.events,
        "passed": report.passed,
        "failed": report.failed,
        "failures": report.failures.iter().map(failure).collect::<Vec<_>>(),
        "missing_types": report.missing_types,
        "completeness": as_json::completeness(report.completeness.as_ref()),
    })
}

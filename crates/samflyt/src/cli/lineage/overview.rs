//! `samflyt lineage overview`: what leaders ask for, findings first.

use samflyt_proto::lineage::{
    Finding, FindingKind, GainOverview, GetOverviewRequest, GetOverviewResponse, TenantOverview,
};
use serde_json::{Value, json};

use super::ask::AsOf;
use crate::cli::output::{Table, plain, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage overview --tenant seljord --horizon-days 365")]
pub(super) struct Overview {
    /// Only this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    /// Tells what expires within so many days; 180 where it is not given
    #[arg(long, value_name = "DAYS", default_value_t = 0, hide_default_value = true)]
    horizon_days: u32,
    #[command(flatten)]
    as_of: AsOf,
}

/// The kinds of findings in the order in which they are shown.
const FINDINGS: [(FindingKind, &str, &str); 7] = [
    (FindingKind::NoProcessingAgreement, "no-processing-agreement", "no processing agreement"),
    (FindingKind::ProcessingAgreementExpires, "processing-agreement-expires", "processing agreement expires"),
    (FindingKind::AgreementExpires, "agreement-expires", "agreement expires"),
    (FindingKind::NoOwner, "no-owner", "no owner"),
    (FindingKind::NoRiskAssessment, "no-risk-assessment", "no risk assessment"),
    (FindingKind::RiskAssessmentOutdated, "risk-assessment-outdated", "risk assessment outdated"),
    (FindingKind::FunctionCoveredTwice, "function-covered-twice", "function covered twice"),
];

impl Overview {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let request = GetOverviewRequest {
            tenants: self.tenants,
            horizon_days: self.horizon_days,
            as_of: self.as_of.timestamp(),
            at_least: None,
        };
        let answer = remote.insight().await?.get_overview(request).await.map_err(Failure::from)?.into_inner();
        if json { print_json(&to_json(&answer)) } else { print(&render(&answer)) }
    }
}

fn render(answer: &GetOverviewResponse) -> String {
    let tables = [
        ("To see to", findings(&answer.tenants).or("nothing")),
        ("Systems and what they cost", costs(&answer.tenants).or("no tenants")),
        ("Flows seen", flows(&answer.tenants).or("no tenants")),
        ("Products in several versions", versions(answer).or("none")),
        ("Gains expected and reached", gains(&answer.tenants).or("none")),
        ("Systems in use over time", over_time(answer)),
    ];
    let mut text = String::new();
    for (title, table) in tables {
        text += &format!("{title}\n{table}\n");
    }
    text + &show::completeness(answer.completeness.as_ref(), "ask for less")
}

fn findings(tenants: &[TenantOverview]) -> Table {
    let mut table = Table::new(&["tenant", "finding", "what", "date", "note"]);
    for tenant in tenants {
        for (kind, _, words) in FINDINGS {
            for finding in tenant.findings.iter().filter(|finding| finding.kind() == kind) {
                let Finding { id, on, note, .. } = finding;
                table.row([&tenant.tenant, words, id, if on.is_empty() { "–" } else { on }, note]);
            }
        }
    }
    table
}

fn costs(tenants: &[TenantOverview]) -> Table {
    let mut table = Table::new(&[
        "tenant",
        "#inhabitants",
        "#systems",
        "#kr per year",
        "#kr per inhabitant and year",
        "#systems without a cost",
    ]);
    for tenant in tenants {
        let known =
            |number: u64| if tenant.inhabitants == 0 { "–".to_owned() } else { show::number(number) };
        table.row([
            &tenant.tenant,
            &known(tenant.inhabitants),
            &show::number(tenant.systems.into()),
            &show::number(tenant.cost_per_year_nok),
            &known(tenant.cost_per_inhabitant_nok),
            &show::number(tenant.systems_without_cost.into()),
        ]);
    }
    table
}

fn flows(tenants: &[TenantOverview]) -> Table {
    let mut table =
        Table::new(&["tenant", "#flows", "#with a contract", "#with an agreement", "#across security zones"]);
    for tenant in tenants {
        let share = |part: u32| share(part, tenant.flows);
        table.row([
            &tenant.tenant,
            &show::number(tenant.flows.into()),
            &share(tenant.flows_with_contract),
            &share(tenant.flows_with_agreement),
            &share(tenant.flows_across_zones),
        ]);
    }
    table
}

/// `3 (75 %)`.
fn share(part: u32, of: u32) -> String {
    let number = show::number(part.into());
    match (u64::from(part) * 100 + u64::from(of) / 2).checked_div(of.into()) {
        None => number,
        Some(percent) => format!("{number} ({percent} %)"),
    }
}

fn versions(answer: &GetOverviewResponse) -> Table {
    let mut table = Table::new(&["product", "version", "systems"]);
    for product in &answer.products {
        for run in &product.versions {
            table.row([&product.product, &run.version, &run.systems.join(", ")]);
        }
    }
    table
}

fn gains(tenants: &[TenantOverview]) -> Table {
    let mut table = Table::new(&["tenant", "change", "gain", "#expected", "#reached", "unit", "measured on"]);
    for tenant in tenants {
        for gain in &tenant.gains {
            let GainOverview { change, kind, unit, expected, reached, measure_on } = gain;
            let reached = reached.map_or_else(|| "not measured".to_owned(), signed);
            table.row([&tenant.tenant, change, kind, &signed(*expected), &reached, unit, measure_on]);
        }
    }
    table
}

fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", show::number(number.unsigned_abs()))
}

/// One line for each tenant: the first and the last of what is known, and each day on which the number changed.
fn over_time(answer: &GetOverviewResponse) -> String {
    let mut text = String::new();
    for tenant in &answer.tenants {
        let mut line: Vec<String> = Vec::new();
        let mut before = None;
        for point in answer.systems_over_time.iter().filter(|point| point.tenant == tenant.tenant) {
            if before.replace(point.systems) != Some(point.systems) {
                line.push(format!("{} systems from {}", point.systems, plain(&point.on)));
            }
        }
        text += &format!("{}: {}\n", plain(&tenant.tenant), line.join(", "));
    }
    text
}

fn to_json(answer: &GetOverviewResponse) -> Value {
    let versions = answer.products.iter().map(|product| {
        let runs = product.versions.iter().map(|run| json!({"version": run.version, "systems": run.systems}));
        json!({"product": product.product, "versions": runs.collect::<Vec<_>>()})
    });
    let points = answer.systems_over_time.iter();
    json!({
        "tenants": answer.tenants.iter().map(tenant_json).collect::<Vec<_>>(),
        "products": versions.collect::<Vec<_>>(),
        "systems_over_time": points
            .map(|point| json!({"on": point.on, "tenant": point.tenant, "systems": point.systems}))
            .collect::<Vec<_>>(),
        "completeness": as_json::completeness(answer.completeness.as_ref()),
    })
}

fn tenant_json(tenant: &TenantOverview) -> Value {
    let name = |kind: FindingKind| {
        FINDINGS.iter().find(|(known, ..)| *known == kind).map_or("", |(_, name, _)| name)
    };
    let findings = tenant.findings.iter().map(|finding| {
        json!({"kind": name(finding.kind()), "id": finding.id, "on": finding.on, "note": finding.note})
    });
    let gains = tenant.gains.iter().map(|gain| {
        json!({
            "change": gain.change,
            "kind": gain.kind,
            "unit": gain.unit,
            "expected": gain.expected,
            "reached": gain.reached,
            "measure_on": gain.measure_on,
        })
    });
    json!({
        "tenant": tenant.tenant,
        "inhabitants": tenant.inhabitants,
        "systems": tenant.systems,
        "cost_per_year_nok": tenant.cost_per_year_nok,
        "cost_per_inhabitant_nok": tenant.cost_per_inhabitant_nok,
        "systems_without_cost": tenant.systems_without_cost,
        "findings": findings.collect::<Vec<_>>(),
        "flows": tenant.flows,
        "flows_with_contract": tenant.flows_with_contract,
        "flows_with_agreement": tenant.flows_with_agreement,
        "flows_across_zones": tenant.flows_across_zones,
        "gains": gains.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use samflyt_proto::lineage::SystemsAt;

    use super::*;

    #[test]
    fn findings_come_first_and_what_is_not_known_is_no_number() {
        let finding =
            Finding { kind: FindingKind::NoOwner.into(), id: "seljord-gat".to_owned(), ..Finding::default() };
        let tenant = TenantOverview {
            tenant: "seljord".to_owned(),
            cost_per_year_nok: 1_234_567,
            findings: vec![finding],
            flows: 8,
            flows_with_contract: 6,
            gains: vec![GainOverview {
                expected: -5_000,
                unit: "hours".to_owned(),
                ..GainOverview::default()
            }],
            ..TenantOverview::default()
        };
        let point =
            |on: &str, systems| SystemsAt { on: on.to_owned(), tenant: "seljord".to_owned(), systems };
        let answer = GetOverviewResponse {
            tenants: vec![tenant],
            systems_over_time: vec![point("2026-01-31", 1), point("2026-02-28", 1), point("2026-03-31", 3)],
            ..GetOverviewResponse::default()
        };
        let text = render(&answer);
        assert!(text.find("no owner") < text.find("1 234 567"), "{text}");
        assert!(
            text.contains("6 (75 %)") && text.contains("-5 000") && text.contains("not measured"),
            "{text}"
        );
        assert!(text.contains("seljord: 1 systems from 2026-01-31, 3 systems from 2026-03-31"), "{text}");
        assert!(text.lines().any(|line| line.contains("1 234 567") && line.contains('–')), "{text}");
    }

    #[test]
    fn every_kind_of_finding_is_shown() {
        let kinds = (1..).map_while(|number| FindingKind::try_from(number).ok());
        assert_eq!(kinds.filter(|kind| FINDINGS.iter().all(|(shown, ..)| shown != kind)).count(), 0);
    }
}

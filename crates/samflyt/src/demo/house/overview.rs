//! What leaders ask for.

use std::collections::BTreeMap;

use samflyt_proto::lineage::{FindingKind, GetOverviewRequest, GetOverviewResponse, TenantOverview};

use super::counted;
use crate::cli::{Table, number};
use crate::client::Client;
use crate::demo::show::heading;

const PRODUCTS_MAX: usize = 6;

const FINDINGS: [(FindingKind, &str, &str); 7] = [
    (FindingKind::NoOwner, "system without an owner", "systems without an owner"),
    (FindingKind::NoRiskAssessment, "without a risk assessment", "without a risk assessment"),
    (FindingKind::RiskAssessmentOutdated, "risk assessment out of date", "risk assessments out of date"),
    (FindingKind::NoProcessingAgreement, "without a processing agreement", "without a processing agreement"),
    (FindingKind::ProcessingAgreementExpires, "processing agreement expires", "processing agreements expire"),
    (FindingKind::AgreementExpires, "agreement expires", "agreements expire"),
    (FindingKind::FunctionCoveredTwice, "function covered twice", "functions covered twice"),
];

pub(super) async fn page(operator: &Client) -> anyhow::Result<()> {
    heading("What leaders ask for");
    let overview = operator.insight().get_overview(GetOverviewRequest::default()).await?.into_inner();
    let headings = [
        "municipality",
        "#systems",
        "#NOK a year",
        "#per inhabitant",
        "#cost not stated",
        "#flows",
        "#with contract",
        "#with agreement",
        "#across zones",
    ];
    let mut table = Table::new(&headings);
    for of in &overview.tenants {
        table.row([
            &of.tenant,
            &of.systems.to_string(),
            &number(of.cost_per_year_nok),
            &per_inhabitant(of),
            &of.systems_without_cost.to_string(),
            &of.flows.to_string(),
            &share(of.flows_with_contract, of.flows),
            &share(of.flows_with_agreement, of.flows),
            &of.flows_across_zones.to_string(),
        ]);
    }
    print!("{}", table.render());
    to_see_to(&overview);
    Ok(())
}

fn per_inhabitant(of: &TenantOverview) -> String {
    if of.inhabitants == 0 { "–".to_owned() } else { number(of.cost_per_inhabitant_nok) }
}

fn share(part: u32, whole: u32) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{} %", u64::from(part) * 100 / u64::from(whole)) }
}

fn to_see_to(overview: &GetOverviewResponse) {
    println!("\nTo see to");
    for of in &overview.tenants {
        let mut counts: BTreeMap<FindingKind, u64> = BTreeMap::new();
        for finding in &of.findings {
            *counts.entry(finding.kind()).or_default() += 1;
        }
        let count = |kind: &FindingKind| counts.get(kind).copied().unwrap_or(0);
        let texts = counted(FINDINGS.iter().map(|(kind, one, many)| (count(kind), *one, *many)));
        println!("  {}: {}", of.tenant, if texts.is_empty() { "nothing" } else { &texts });
    }
    println!("\nProducts in several versions");
    for product in overview.products.iter().take(PRODUCTS_MAX) {
        let versions =
            product.versions.iter().map(|of| format!("{} ({})", of.version, of.systems.join(", ")));
        println!("  {}: {}", product.product, versions.collect::<Vec<_>>().join("; "));
    }
    let gains = overview.tenants.iter().flat_map(|of| &of.gains);
    for gain in gains {
        let reached =
            gain.reached.map_or_else(|| "not measured yet".to_owned(), |reached| reached.to_string());
        println!(
            "Gain expected of {}: {} {} ({}), to be measured on {}: {reached}",
            gain.change, gain.expected, gain.unit, gain.kind, gain.measure_on
        );
    }
}

//! The processor's record (GDPR article 30(2)): what the operating company processes for each municipality: one row for
//! each system whose processing agreement names the company.

use std::collections::BTreeMap;

use samflyt_events::TenantId;
use samflyt_events::catalogue::{Dataset, Usage};

use super::activities::{controller_cells, processors, storage, transfers};
use super::columns::PROCESSOR;
use super::extent::Extent;
use super::provisions::date_text;
use super::record::{Cell, Record, Which, given};

pub(super) fn record(extent: &Extent<'_>) -> Record {
    let mut rows = Vec::new();
    for tenant in &extent.tenants {
        let before = rows.len();
        for usage in extent.catalogue.usages().of(tenant, extent.as_of) {
            rows.extend(link(extent, usage).map(|at| row(extent, tenant, usage, at)));
        }
        // A controller for whom nothing is stated is one all the same.
        if rows.len() == before {
            rows.push(parties(extent, tenant));
        }
    }
    Record::new(Which::Processor, PROCESSOR, extent, rows)
}

/// Which link of the chain the company is: by its number, or by its name where the link has none.
fn link(extent: &Extent<'_>, usage: &Usage) -> Option<usize> {
    let company = &extent.config.processor;
    let chain = &usage.processing.as_ref()?.chain;
    chain.iter().position(|link| match &link.organisation {
        Some(number) => number.as_str() == company.organisation,
        None => !company.name.is_empty() && link.name == company.name,
    })
}

fn parties(extent: &Extent<'_>, tenant: &TenantId) -> BTreeMap<&'static str, Cell> {
    let company = &extent.config.processor;
    let mut row = controller_cells(extent, tenant);
    row.extend([
        ("processor", given(&company.name)),
        ("processor_organisation", given(&company.organisation)),
        ("processor_contact", given(&company.contact)),
        ("processor_representative", given(&company.representative)),
        ("processor_data_protection_officer", given(&company.data_protection_officer)),
        ("security", given(&company.security)),
    ]);
    row
}

fn row(extent: &Extent<'_>, tenant: &TenantId, usage: &Usage, at: usize) -> BTreeMap<&'static str, Cell> {
    let system = extent.catalogue.system_at(&usage.system, extent.as_of);
    let product = system.and_then(|system| extent.catalogue.product(&system.product, extent.as_of));
    let datasets: Vec<&Dataset> = extent
        .catalogue
        .datasets()
        .of(tenant, extent.as_of)
        .filter(|dataset| dataset.source == usage.system)
        .map(AsRef::as_ref)
        .collect();
    let mut processing = product.map(|product| product.functions.clone()).unwrap_or_default();
    processing.extend(datasets.iter().map(|dataset| dataset.purpose.clone()));
    let (mut to, mut safeguards) = (Vec::new(), Vec::new());
    for dataset in &datasets {
        let (more, under) = transfers(dataset, None);
        to.extend(more);
        safeguards.extend(under);
    }
    let agreement = usage.processing.as_ref();
    safeguards.extend(agreement.map(|a| given(&a.third_country_basis)).unwrap_or_default());
    let mut row = parties(extent, tenant);
    row.extend([
        ("processing", once_each(processing)),
        ("data_categories", once_each(datasets.iter().flat_map(|d| d.data_categories.clone()).collect())),
        ("sub_processors", processors(usage, at + 1)),
        ("transfers", once_each(to)),
        ("safeguards", once_each(safeguards)),
        (
            "system",
            vec![system.map_or_else(|| usage.system.to_string(), |s| format!("{} ({})", s.name, s.id))],
        ),
        ("storage", storage(Some(usage))),
        ("valid_until", agreement.and_then(|a| a.valid_until).map(date_text).into_iter().collect()),
    ]);
    row
}

fn once_each(cell: Cell) -> Cell {
    let mut seen = std::collections::BTreeSet::new();
    cell.into_iter().filter(|text| seen.insert(text.clone())).collect()
}

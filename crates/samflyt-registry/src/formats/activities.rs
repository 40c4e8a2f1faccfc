//! The controller's record (GDPR article 30(1)): one row for each dataset that concerns persons.

use std::collections::BTreeMap;

use samflyt_events::TenantId;
use samflyt_events::catalogue::{Dataset, Usage};

use super::columns::CONTROLLER;
use super::extent::Extent;
use super::record::{Cell, Record, Which, given};

pub(super) fn record(extent: &Extent<'_>) -> Record {
    let mut rows = Vec::new();
    for tenant in &extent.tenants {
        for dataset in extent.catalogue.datasets().of(tenant, extent.as_of) {
            if concerns_persons(dataset) {
                rows.push(row(extent, tenant, dataset));
            }
        }
    }
    Record::new(Which::Controller, CONTROLLER, extent, rows)
}

fn concerns_persons(dataset: &Dataset) -> bool {
    !dataset.person_categories.is_empty() || !dataset.data_categories.is_empty() || dataset.special_categories
}

/// Who answers for the processing, in both records.
pub(super) fn controller_cells(extent: &Extent<'_>, tenant: &TenantId) -> BTreeMap<&'static str, Cell> {
    let attributes = extent.attributes(tenant);
    let controller = extent.controller(tenant);
    let of = |text: fn(&samflyt_events::catalogue::Controller) -> &String| {
        controller.map(text).map(|text| given(text)).unwrap_or_default()
    };
    BTreeMap::from([
        ("controller", attributes.map(|a| a.name.clone()).into_iter().collect()),
        ("organisation_number", attributes.map(|a| a.organisation_number.to_string()).into_iter().collect()),
        ("controller_contact", of(|controller| &controller.contact)),
        ("representative", of(|controller| &controller.representative)),
        ("data_protection_officer", of(|controller| &controller.data_protection_officer)),
    ])
}

fn row(extent: &Extent<'_>, tenant: &TenantId, dataset: &Dataset) -> BTreeMap<&'static str, Cell> {
    let controller = extent.controller(tenant);
    let usage = extent.catalogue.usages().get(tenant, dataset.source.as_str(), extent.as_of);
    let mut row = controller_cells(extent, tenant);
    let security = if dataset.security.is_empty() {
        controller.map(|controller| given(&controller.security)).unwrap_or_default()
    } else {
        given(&dataset.security)
    };
    let special = if dataset.special_categories { "yes" } else { "no" };
    let joint = controller.map(|controller| controller.joint_controllers.clone()).unwrap_or_default();
    let (transfers, safeguards) = transfers(dataset, usage.map(AsRef::as_ref));
    row.extend([
        ("joint_controllers", joint),
        ("activity", given(dataset.id.as_str())),
        ("title", given(&dataset.title)),
        ("purpose", given(&dataset.purpose)),
        ("legal_basis", given(&dataset.legal_basis.to_string())),
        ("person_categories", dataset.person_categories.clone()),
        ("data_categories", dataset.data_categories.clone()),
        ("special_categories", given(special)),
        ("recipients", dataset.recipients.clone()),
        ("processors", usage.map(|usage| processors(usage, 0)).unwrap_or_default()),
        ("transfers", transfers),
        ("safeguards", safeguards),
        ("retention", retention(dataset)),
        ("security", security),
        ("source", source(extent, dataset)),
        ("storage", storage(usage.map(AsRef::as_ref))),
        ("services", services(extent, tenant, dataset)),
    ]);
    row
}

/// Those who process on somebody's behalf, from a link of the chain on.
pub(super) fn processors(usage: &Usage, from: usize) -> Cell {
    let chain = usage.processing.iter().flat_map(|agreement| agreement.chain.iter().skip(from));
    chain
        .map(|link| {
            let number = link.organisation.as_ref().map(ToString::to_string);
            let known: Vec<String> =
                number.into_iter().chain((!link.role.is_empty()).then(|| link.role.clone())).collect();
            if known.is_empty() { link.name.clone() } else { format!("{} ({})", link.name, known.join(", ")) }
        })
        .collect()
}

pub(super) fn storage(usage: Option<&Usage>) -> Cell {
    let agreement = usage.and_then(|usage| usage.processing.as_ref());
    agreement.map(|agreement| given(&agreement.storage)).unwrap_or_default()
}

/// Where to, and under which safeguards; what the processing agreement says of third countries among them.
pub(super) fn transfers(dataset: &Dataset, usage: Option<&Usage>) -> (Cell, Cell) {
    let to = dataset.transfers.iter().map(|transfer| transfer.to.clone()).collect();
    let agreed =
        usage.and_then(|usage| usage.processing.as_ref()).map(|agreement| &agreement.third_country_basis);
    let safeguards = dataset.transfers.iter().map(|transfer| transfer.safeguards.clone());
    (to, safeguards.chain(agreed.filter(|basis| !basis.is_empty()).cloned()).collect())
}

fn retention(dataset: &Dataset) -> Cell {
    dataset
        .retention
        .iter()
        .map(|of| match of.years {
            Some(years) => format!("{years} years ({})", of.class),
            None => format!("for ever ({})", of.class),
        })
        .collect()
}

fn source(extent: &Extent<'_>, dataset: &Dataset) -> Cell {
    let system = extent.catalogue.system_at(&dataset.source, extent.as_of);
    vec![
        system
            .map_or_else(|| dataset.source.to_string(), |system| format!("{} ({})", system.name, system.id)),
    ]
}

fn services(extent: &Extent<'_>, tenant: &TenantId, dataset: &Dataset) -> Cell {
    let services = extent.catalogue.services().of(tenant, extent.as_of);
    services
        .filter(|service| service.datasets.contains(&dataset.id))
        .map(|service| service.name.clone())
        .collect()
}

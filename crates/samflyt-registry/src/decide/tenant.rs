//! Municipalities.

use samflyt_events::catalogue::{Attributes, Catalogue, CatalogueEvent, Kind, Tenant};
use samflyt_events::{HUB_TENANT, Reason, Refusal, TenantId};
use time::Date;

use super::{append, taken, unknown};
use crate::change::Decision;

pub(crate) fn tenant<'c>(catalogue: &'c Catalogue, id: &TenantId) -> Result<&'c Tenant, Refusal> {
    catalogue.tenant(id).map(AsRef::as_ref).ok_or_else(|| unknown("tenant", id.as_str()))
}

pub(crate) fn register_tenant(
    catalogue: &Catalogue,
    id: &TenantId,
    attributes: &Attributes,
) -> Result<Decision, Refusal> {
    if id.as_str() == HUB_TENANT {
        return Err(taken("tenant", HUB_TENANT));
    }
    match catalogue.tenant(id) {
        Some(found) if found.history.first() == Some(attributes) => Ok(Decision::Unchanged),
        Some(_) => Err(taken("tenant", id.as_str())),
        None => {
            let event = CatalogueEvent::TenantRegistered { id: id.clone(), attributes: attributes.clone() };
            Ok(append(None, Kind::Tenant, event))
        }
    }
}

/// A change of attributes from a date on: a renumbering where the numbers change, otherwise a renaming.
pub(crate) fn change_tenant(
    catalogue: &Catalogue,
    id: &TenantId,
    valid_from: Date,
    change: impl Fn(&Attributes) -> Attributes,
) -> Result<Decision, Refusal> {
    let tenant = tenant(catalogue, id)?;
    let before = tenant.on(valid_from);
    let attributes = Attributes { valid_from, ..change(before) };
    if attributes == *before {
        return Ok(Decision::Unchanged);
    }
    let numbers = |a: &Attributes| (a.municipality_number.clone(), a.organisation_number.clone());
    let id = id.clone();
    let event = if numbers(&attributes) == numbers(before) {
        CatalogueEvent::TenantRenamed { id, attributes }
    } else {
        CatalogueEvent::TenantRenumbered { id, attributes }
    };
    Ok(append(None, Kind::Tenant, event))
}

pub(crate) fn succeed_tenant(
    catalogue: &Catalogue,
    id: &TenantId,
    successors: &[TenantId],
    on: Date,
    merged: bool,
) -> Result<Decision, Refusal> {
    let found = tenant(catalogue, id)?;
    for successor in successors {
        tenant(catalogue, successor)?;
        if successor == id {
            return Err(Refusal::new(Reason::RequestInvalid, "a tenant cannot succeed itself: name another"));
        }
    }
    if found.succeeded.as_ref().is_some_and(|(into, date)| into == successors && *date == on) {
        return Ok(Decision::Unchanged);
    }
    let event = match (merged, successors) {
        (true, [into]) => CatalogueEvent::TenantMerged { id: id.clone(), into: into.clone(), on },
        (false, [_, _, ..]) => CatalogueEvent::TenantSplit { id: id.clone(), into: successors.to_vec(), on },
        _ => {
            let rule = "a tenant is merged into one other, or split into two or more";
            return Err(Refusal::new(Reason::RequestInvalid, rule));
        }
    };
    Ok(append(None, Kind::Tenant, event))
}

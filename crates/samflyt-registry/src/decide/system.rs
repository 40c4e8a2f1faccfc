//! Installations.

use samflyt_events::catalogue::{Catalogue, CatalogueEvent, Kind, System};
use samflyt_events::{HUB_SYSTEM, Reason, Refusal, SystemId, TenantId};
use time::Date;

use super::{append, taken, tenant, unknown};
use crate::change::Decision;

pub(crate) fn system<'c>(catalogue: &'c Catalogue, id: &SystemId) -> Result<&'c System, Refusal> {
    catalogue.system(id).map(AsRef::as_ref).ok_or_else(|| unknown("system", id.as_str()))
}

/// The first step of a registration: the id becomes the host's, in the one stream that all hosts share.
pub(crate) fn reserve_system(
    catalogue: &Catalogue,
    id: &SystemId,
    host: &TenantId,
) -> Result<Decision, Refusal> {
    tenant(catalogue, host)?;
    let holder = catalogue.reserved_for(id).or_else(|| catalogue.system(id).map(|system| &system.host));
    match holder {
        _ if id.as_str() == HUB_SYSTEM => Err(taken("system", id.as_str())),
        Some(holder) if holder == host => Ok(Decision::Unchanged),
        Some(_) => Err(taken("system", id.as_str())),
        None => {
            let event = CatalogueEvent::SystemReserved { id: id.clone(), host: host.clone() };
            Ok(append(None, Kind::System, event))
        }
    }
}

/// The second step.
pub(crate) fn register_system(catalogue: &Catalogue, system: &System) -> Result<Decision, Refusal> {
    match catalogue.system(&system.id) {
        Some(found) if same_registration(found, system) => Ok(Decision::Unchanged),
        Some(_) => Err(taken("system", system.id.as_str())),
        None => {
            let event = CatalogueEvent::SystemRegistered { system: system.clone() };
            Ok(append(Some(&system.host), Kind::System, event))
        }
    }
}

/// The second step, with a description that has to go with the catalogue.
pub(crate) fn register_described(catalogue: &Catalogue, system: &System) -> Result<Decision, Refusal> {
    if let Some(by) = &system.replaced_by {
        check_replacement(catalogue, &system.id, by)?;
    }
    register_system(catalogue, system)
}

fn same_registration(found: &System, asked: &System) -> bool {
    (&found.host, &found.product, &found.name, &found.note)
        == (&asked.host, &asked.product, &asked.name, &asked.note)
}

pub(crate) fn enrol_system(
    catalogue: &Catalogue,
    id: &SystemId,
    user: &TenantId,
) -> Result<Decision, Refusal> {
    tenant(catalogue, user)?;
    let found = system(catalogue, id)?;
    if catalogue.users_of(found).contains(user) {
        return Ok(Decision::Unchanged);
    }
    let event = CatalogueEvent::SystemEnrolled { id: id.clone(), tenant: user.clone() };
    Ok(append(Some(user), Kind::System, event))
}

pub(crate) fn replace_system(
    catalogue: &Catalogue,
    id: &SystemId,
    by: &SystemId,
    on: Date,
) -> Result<Decision, Refusal> {
    let found = system(catalogue, id)?;
    check_replacement(catalogue, id, by)?;
    if found.replaced_by.as_ref() == Some(by) && found.replaced_on == Some(on) {
        return Ok(Decision::Unchanged);
    }
    let event = CatalogueEvent::SystemReplaced { id: id.clone(), by: by.clone(), on };
    Ok(append(Some(&found.host), Kind::System, event))
}

pub(crate) fn retire_system(catalogue: &Catalogue, id: &SystemId, on: Date) -> Result<Decision, Refusal> {
    let found = system(catalogue, id)?;
    if found.retired_on == Some(on) {
        return Ok(Decision::Unchanged);
    }
    let event = CatalogueEvent::SystemRetired { id: id.clone(), on };
    Ok(append(Some(&found.host), Kind::System, event))
}

/// Following the chain must not come back: nobody could say what is in use.
pub(super) fn check_replacement(catalogue: &Catalogue, id: &SystemId, by: &SystemId) -> Result<(), Refusal> {
    let mut next = system(catalogue, by)?;
    loop {
        if next.id == *id {
            let rule = format!(
                "`{id}` would in the end be replaced by itself: name a system that it does not replace"
            );
            return Err(Refusal::new(Reason::RequestInvalid, rule));
        }
        match next.replaced_by.as_ref().and_then(|further| catalogue.system(further)) {
            Some(further) => next = further,
            None => return Ok(()),
        }
    }
}

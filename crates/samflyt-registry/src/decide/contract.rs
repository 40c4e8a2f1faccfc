//! Contracts.

use samflyt_events::catalogue::{Catalogue, CatalogueEvent, Kind};
use samflyt_events::{Contract, ContractVersion, EventType, Reason, Refusal};

use super::{append, unknown};
use crate::change::Decision;

pub(crate) fn publish_contract(catalogue: &Catalogue, contract: &Contract) -> Result<Decision, Refusal> {
    let (kind, version) = (&contract.kind, contract.version);
    if let Some(found) = catalogue.contract(kind, version) {
        if found.compiled.contract == *contract {
            return Ok(Decision::Unchanged);
        }
        let rule = format!("contract {kind} {version} is published and never changes: raise the version");
        return Err(Refusal::new(Reason::AlreadyExists, rule));
    }
    if let Some(newest) = catalogue.versions(kind).last()
        && newest.compiled.contract.version > version
    {
        let newest = newest.compiled.contract.version;
        let rule =
            format!("contract {kind} is at {newest} already: {version} would come after it and be older");
        return Err(Refusal::new(Reason::ContractInvalid, rule));
    }
    keeps_promises(catalogue, contract)?;
    let event = CatalogueEvent::ContractPublished { contract: Box::new(contract.clone()) };
    Ok(append(None, Kind::Contract, event))
}

/// Versions of one major are used in each other's place; another major is free.
fn keeps_promises(catalogue: &Catalogue, contract: &Contract) -> Result<(), Refusal> {
    let mut same_major = catalogue.versions(&contract.kind).filter(|entry| {
        !entry.is_retired() && entry.compiled.contract.version.major == contract.version.major
    });
    let Some(before) = same_major.next_back() else { return Ok(()) };
    let before = &before.compiled.contract;
    let violations = contract.breaks(before);
    if violations.is_empty() {
        return Ok(());
    }
    let message = format!(
        "{} change(s) of contract {} {} are not compatible with {}, which is in force: undo them, or publish {}.0",
        violations.len(),
        contract.kind,
        contract.version,
        before.version,
        contract.version.major.saturating_add(1),
    );
    Err(Refusal { violations, ..Refusal::new(Reason::ContractInvalid, message) })
}

pub(crate) fn retire_contract(
    catalogue: &Catalogue,
    kind: &EventType,
    version: ContractVersion,
) -> Result<Decision, Refusal> {
    let found =
        catalogue.contract(kind, version).ok_or_else(|| unknown("contract", &format!("{kind} {version}")))?;
    if found.is_retired() {
        return Ok(Decision::Unchanged);
    }
    Ok(append(None, Kind::Contract, CatalogueEvent::ContractRetired { kind: kind.clone(), version }))
}

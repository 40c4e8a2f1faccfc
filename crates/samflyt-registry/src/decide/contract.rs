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
    let event = CatalogueEvent::ContractPublished { contract: Box::new(contract.clone()) };
    Ok(append(None, Kind::Contract, event))
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

//! Grants.

use samflyt_events::Refusal;
use samflyt_events::catalogue::{Catalogue, CatalogueEvent, Grant, Kind};

use super::{append, unknown};
use crate::change::Decision;

pub(crate) fn give_grant(catalogue: &Catalogue, grant: &Grant) -> Result<Decision, Refusal> {
    if catalogue.grant(&grant.id).is_some_and(|found| found.as_ref() == grant) {
        return Ok(Decision::Unchanged);
    }
    Ok(append(None, Kind::Grant, CatalogueEvent::GrantGiven { grant: grant.clone() }))
}

pub(crate) fn withdraw_grant(catalogue: &Catalogue, id: &str) -> Result<Decision, Refusal> {
    catalogue.grant(id).ok_or_else(|| unknown("grant", id))?;
    Ok(append(None, Kind::Grant, CatalogueEvent::GrantWithdrawn { id: id.to_owned() }))
}

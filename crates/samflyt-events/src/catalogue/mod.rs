//! The catalogue as a fold of its events: tenants, systems, contracts, grants, and the resources that are described by
//! documents. In memory, the same in every service that follows the registry's streams. Cloning it is cheap: what is
//! large is shared between the old and the new.

mod entry;
mod event;
mod fold;
mod history;
mod query;
pub mod resource;
mod resources;
mod shelf;

pub use entry::{Attributes, ContractEntry, Grant, Holder, Scope, Tenant, Wildcard};
pub use event::{CatalogueEvent, Kind, Record, Turn, place};
pub use history::{AsOf, History, State};
pub use resource::{
    Agreement, Change, Controller, Dataset, Process, Product, Resource, Service, System, Usage, shared_owner,
};
pub use resources::ResourceState;
pub use shelf::Shelf;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rpds::RedBlackTreeMapSync as Map;
use time::OffsetDateTime;

use crate::{ContractVersion, EventType, OrganisationNumber, SystemId, TenantId};

/// Everything that the registry's streams say, up to a position of each.
///
/// Streams are folded side by side, so an enrolment may come before the registration that it needs: each part is kept
/// by itself and joined when asked.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub(crate) tenants: BTreeMap<TenantId, Arc<Tenant>>,
    pub(crate) contracts: BTreeMap<EventType, BTreeMap<ContractVersion, Arc<ContractEntry>>>,
    pub(crate) grants: BTreeMap<String, Arc<Grant>>,
    pub(crate) grants_of: BTreeMap<String, BTreeSet<String>>,
    pub(crate) systems: Map<SystemId, History<System>>,
    /// Whose an id is, from before the registration on.
    pub(crate) reserved: Map<SystemId, TenantId>,
    /// When each municipality was enrolled.
    pub(crate) enrolments: Map<SystemId, BTreeMap<TenantId, OffsetDateTime>>,
    /// What each municipality hosts or is enrolled in, and since when.
    pub(crate) used: Map<TenantId, BTreeMap<SystemId, OffsetDateTime>>,
    pub(crate) products: Shelf<Product>,
    pub(crate) usages: Shelf<Usage>,
    pub(crate) processes: Shelf<Process>,
    pub(crate) datasets: Shelf<Dataset>,
    pub(crate) services: Shelf<Service>,
    pub(crate) agreements: Shelf<Agreement>,
    pub(crate) changes: Shelf<Change>,
    pub(crate) controllers: Shelf<Controller>,
    /// Last sequence by subject: what a change expects.
    pub(crate) sequences: Map<String, u64>,
    /// Last sequence by stream.
    pub(crate) positions: BTreeMap<String, u64>,
}

/// Where a record of the catalogue stands in the log, and who made it.
#[derive(Debug, Clone)]
pub struct Placed<'e> {
    pub stream: &'e str,
    pub subject: &'e str,
    pub sequence: u64,
    /// The log's own time.
    pub at: OffsetDateTime,
    pub by: Option<OrganisationNumber>,
}

impl Catalogue {
    /// Folds one event. Folding the same again changes nothing.
    pub fn apply(&mut self, placed: &Placed<'_>, event: &CatalogueEvent) {
        let position = self.positions.entry(placed.stream.to_owned()).or_default();
        if placed.sequence <= *position {
            return;
        }
        *position = placed.sequence;
        self.sequences.insert_mut(placed.subject.to_owned(), placed.sequence);
        self.fold(placed, event);
    }

    /// The last sequence of a stream that is folded.
    pub fn position(&self, stream: &str) -> u64 {
        self.positions.get(stream).copied().unwrap_or(0)
    }

    /// The last sequence of a subject; 0: nothing was ever said of it.
    pub fn sequence(&self, subject: &str) -> u64 {
        self.sequences.get(subject).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;

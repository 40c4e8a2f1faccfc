//! The catalogue as a fold of its events: tenants, systems, contracts, grants. Small, in memory, the same in every
//! service that follows the registry's streams.

mod entry;
mod event;
mod query;

pub use entry::{Attributes, ContractEntry, Grant, Holder, Scope, System, Tenant, Wildcard};
pub use event::{CatalogueEvent, Change, Kind, place};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::{ContractVersion, EventType, SystemId, TenantId};

/// Everything that the registry's streams say, up to a position of each.
///
/// Streams are folded side by side, so an enrolment may come before the registration that it needs: each part is kept
/// by itself and joined when asked.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub(crate) tenants: BTreeMap<TenantId, Arc<Tenant>>,
    pub(crate) systems: BTreeMap<SystemId, Arc<System>>,
    pub(crate) enrolments: BTreeMap<SystemId, BTreeSet<TenantId>>,
    pub(crate) contracts: BTreeMap<EventType, BTreeMap<ContractVersion, Arc<ContractEntry>>>,
    pub(crate) grants: BTreeMap<String, Arc<Grant>>,
    pub(crate) grants_of: BTreeMap<String, BTreeSet<String>>,
    /// Last sequence by subject: what a change expects.
    pub(crate) sequences: BTreeMap<String, u64>,
    /// Last sequence by stream.
    pub(crate) positions: BTreeMap<String, u64>,
}

impl Catalogue {
    /// Folds one event. Folding the same again changes nothing.
    pub fn apply(
        &mut self,
        stream: &str,
        subject: &str,
        sequence: u64,
        at: OffsetDateTime,
        event: &CatalogueEvent,
    ) {
        let position = self.positions.entry(stream.to_owned()).or_default();
        if sequence <= *position {
            return;
        }
        *position = sequence;
        self.sequences.insert(subject.to_owned(), sequence);
        self.fold(at, event);
    }

    /// The last sequence of a stream that is folded.
    pub fn position(&self, stream: &str) -> u64 {
        self.positions.get(stream).copied().unwrap_or(0)
    }

    /// The last sequence of a subject; 0: nothing was ever said of it.
    pub fn sequence(&self, subject: &str) -> u64 {
        self.sequences.get(subject).copied().unwrap_or(0)
    }

    fn fold(&mut self, at: OffsetDateTime, event: &CatalogueEvent) {
        match event {
            CatalogueEvent::TenantRegistered { id, attributes } => {
                self.tenants.insert(id.clone(), Arc::new(Tenant::new(id.clone(), attributes.clone())));
            }
            CatalogueEvent::TenantRenumbered { id, attributes }
            | CatalogueEvent::TenantRenamed { id, attributes } => {
                self.change_tenant(id, |tenant| tenant.become_from(attributes.clone()));
            }
            CatalogueEvent::TenantMerged { id, into, on } => {
                self.change_tenant(id, |tenant| tenant.succeeded = Some((vec![into.clone()], *on)));
            }
            CatalogueEvent::TenantSplit { id, into, on } => {
                self.change_tenant(id, |tenant| tenant.succeeded = Some((into.clone(), *on)));
            }
            CatalogueEvent::SystemRegistered { system } => {
                self.systems.insert(system.id.clone(), Arc::new(system.clone()));
            }
            CatalogueEvent::SystemEnrolled { id, tenant } => {
                self.enrolments.entry(id.clone()).or_default().insert(tenant.clone());
            }
            CatalogueEvent::SystemReplaced { id, by, on } => self.change_system(id, |system| {
                system.replaced_by = Some(by.clone());
                system.replaced_on = Some(*on);
            }),
            CatalogueEvent::SystemRetired { id, on } => {
                self.change_system(id, |system| system.retired_on = Some(*on))
            }
            CatalogueEvent::ContractPublished { contract } => self.publish(at, contract),
            CatalogueEvent::ContractRetired { kind, version } => {
                if let Some(entry) =
                    self.contracts.get_mut(kind).and_then(|versions| versions.get_mut(version))
                {
                    *entry = Arc::new(ContractEntry { retired: true, ..entry.as_ref().clone() });
                }
            }
            CatalogueEvent::GrantGiven { grant } => {
                let ids = self.grants_of.entry(grant.organisation.to_string()).or_default();
                ids.insert(grant.id.clone());
                self.grants.insert(grant.id.clone(), Arc::new(grant.clone()));
            }
            CatalogueEvent::GrantWithdrawn { id } => {
                if let Some(grant) = self.grants.remove(id)
                    && let Some(ids) = self.grants_of.get_mut(grant.organisation.as_str())
                {
                    ids.remove(id);
                }
            }
        }
    }

    fn publish(&mut self, at: OffsetDateTime, contract: &crate::Contract) {
        // It was checked before it was appended; one that no longer compiles is left out and refuses its events.
        let Ok(compiled) = crate::CompiledContract::new(contract.clone()) else { return };
        let entry = ContractEntry { compiled: Arc::new(compiled), published_at: at, retired: false };
        self.contracts.entry(contract.kind.clone()).or_default().insert(contract.version, Arc::new(entry));
    }

    fn change_tenant(&mut self, id: &TenantId, change: impl FnOnce(&mut Tenant)) {
        if let Some(tenant) = self.tenants.get_mut(id) {
            change(Arc::make_mut(tenant));
        }
    }

    fn change_system(&mut self, id: &SystemId, change: impl FnOnce(&mut System)) {
        if let Some(system) = self.systems.get_mut(id) {
            change(Arc::make_mut(system));
        }
    }
}

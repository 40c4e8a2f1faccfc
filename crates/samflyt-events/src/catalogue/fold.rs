//! What each event does to the catalogue.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Catalogue, CatalogueEvent, ContractEntry, History, Placed, Resource, State, System, Tenant, Turn,
    shared_owner,
};
use crate::{CompiledContract, Contract, ContractVersion, EventType, SystemId, TenantId};

impl Catalogue {
    pub(super) fn fold(&mut self, placed: &Placed<'_>, event: &CatalogueEvent) {
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
            CatalogueEvent::SystemReserved { id, host } => {
                self.reserved.insert_mut(id.clone(), host.clone());
            }
            CatalogueEvent::SystemRegistered { system } => self.put_system(placed, system.clone()),
            CatalogueEvent::SystemEnrolled { id, tenant } => self.enrol(placed, id, tenant),
            CatalogueEvent::SystemReplaced { id, by, on } => self.change_system(placed, id, |system| {
                system.replaced_by = Some(by.clone());
                system.replaced_on = Some(*on);
            }),
            CatalogueEvent::SystemRetired { id, on } => {
                self.change_system(placed, id, |system| system.retired_on = Some(*on));
            }
            CatalogueEvent::ContractPublished { contract } => self.publish(placed, contract),
            CatalogueEvent::ContractRetired { kind, version } => self.retire(placed, kind, *version),
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
            CatalogueEvent::ResourceTurned { turn, resource } => self.turn(placed, *turn, resource),
        }
    }

    fn turn(&mut self, placed: &Placed<'_>, turn: Turn, resource: &Resource) {
        let owner = resource.tenant().cloned().unwrap_or_else(shared_owner);
        macro_rules! put {
            ($shelf:ident, $document:ident) => {{
                let value = (turn != Turn::Removed).then(|| Arc::new($document.clone()));
                self.$shelf.push(&owner, resource.id(), state(placed, value));
            }};
        }
        match resource {
            // A system is never removed: it is retired.
            Resource::System(system) => self.put_system(placed, system.clone()),
            Resource::Product(product) => put!(products, product),
            Resource::Usage(usage) => put!(usages, usage),
            Resource::Process(process) => put!(processes, process),
            Resource::Dataset(dataset) => put!(datasets, dataset),
            Resource::Service(service) => put!(services, service),
            Resource::Agreement(agreement) => put!(agreements, agreement),
            Resource::Change(change) => put!(changes, change),
            Resource::Controller(controller) => put!(controllers, controller),
        }
    }

    fn put_system(&mut self, placed: &Placed<'_>, system: System) {
        let id = system.id.clone();
        self.note_use(placed, &id, &system.host);
        let next = state(placed, Some(Arc::new(system)));
        match self.systems.get_mut(&id) {
            Some(history) => history.push(next),
            None => {
                let mut history = History::default();
                history.push(next);
                self.systems.insert_mut(id, history);
            }
        }
    }

    fn change_system(&mut self, placed: &Placed<'_>, id: &SystemId, change: impl FnOnce(&mut System)) {
        if let Some(system) = self.system(id) {
            let mut system = system.as_ref().clone();
            change(&mut system);
            self.put_system(placed, system);
        }
    }

    fn enrol(&mut self, placed: &Placed<'_>, id: &SystemId, tenant: &TenantId) {
        let mut enrolled = self.enrolments.get(id).cloned().unwrap_or_default();
        enrolled.entry(tenant.clone()).or_insert(placed.at);
        self.enrolments.insert_mut(id.clone(), enrolled);
        self.note_use(placed, id, tenant);
    }

    fn note_use(&mut self, placed: &Placed<'_>, id: &SystemId, tenant: &TenantId) {
        if !self.used.contains_key(tenant) {
            self.used.insert_mut(tenant.clone(), BTreeMap::new());
        }
        if let Some(used) = self.used.get_mut(tenant) {
            used.entry(id.clone()).or_insert(placed.at);
        }
    }

    fn publish(&mut self, placed: &Placed<'_>, contract: &Contract) {
        // It was checked before it was appended; one that no longer compiles is left out and refuses its events.
        let Ok(compiled) = CompiledContract::new(contract.clone()) else { return };
        let entry = ContractEntry { compiled: Arc::new(compiled), published_at: placed.at, retired_at: None };
        self.contracts.entry(contract.kind.clone()).or_default().insert(contract.version, Arc::new(entry));
    }

    fn retire(&mut self, placed: &Placed<'_>, kind: &EventType, version: ContractVersion) {
        if let Some(entry) = self.contracts.get_mut(kind).and_then(|versions| versions.get_mut(&version)) {
            *entry = Arc::new(ContractEntry { retired_at: Some(placed.at), ..entry.as_ref().clone() });
        }
    }

    fn change_tenant(&mut self, id: &TenantId, change: impl FnOnce(&mut Tenant)) {
        if let Some(tenant) = self.tenants.get_mut(id) {
            change(Arc::make_mut(tenant));
        }
    }
}

fn state<T>(placed: &Placed<'_>, value: Option<Arc<T>>) -> State<T> {
    State { revision: placed.sequence, at: placed.at, by: placed.by.clone(), value }
}

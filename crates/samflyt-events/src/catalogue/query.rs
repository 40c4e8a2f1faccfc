//! What is asked of the catalogue.

use std::collections::BTreeSet;
use std::sync::Arc;

use time::{Date, OffsetDateTime};

use super::{
    Agreement, AsOf, Catalogue, Change, ContractEntry, Controller, Dataset, Grant, History, Holder, Process,
    Product, Scope, Service, Shelf, System, Tenant, Usage, shared_owner,
};
use crate::{ContractVersion, EventType, SystemId, TenantId};

impl Catalogue {
    pub fn tenant(&self, id: &TenantId) -> Option<&Arc<Tenant>> {
        self.tenants.get(id)
    }

    pub fn tenants(&self) -> impl Iterator<Item = &Arc<Tenant>> {
        self.tenants.values()
    }

    pub fn system(&self, id: &SystemId) -> Option<&Arc<System>> {
        self.system_at(id, None)
    }

    pub fn system_at(&self, id: &SystemId, moment: AsOf) -> Option<&Arc<System>> {
        self.systems.get(id)?.at(moment)
    }

    pub fn system_history(&self, id: &SystemId) -> Option<&History<System>> {
        self.systems.get(id)
    }

    pub fn systems(&self) -> impl Iterator<Item = &Arc<System>> {
        self.systems_at(None)
    }

    pub fn systems_at(&self, moment: AsOf) -> impl Iterator<Item = &Arc<System>> {
        self.systems.values().filter_map(move |history| history.at(moment))
    }

    /// The host that holds a system's id, from before the registration on.
    pub fn reserved_for(&self, id: &SystemId) -> Option<&TenantId> {
        self.reserved.get(id)
    }

    /// What a municipality hosted or was enrolled in at a moment, by id.
    pub fn systems_of(&self, tenant: &TenantId, moment: AsOf) -> impl Iterator<Item = &Arc<System>> {
        let used = self.used.get(tenant).into_iter().flatten();
        let then = used.filter(move |(_, since)| moment.is_none_or(|moment| **since <= moment));
        then.filter_map(move |(id, _)| self.system_at(id, moment))
    }

    /// The municipalities that use a system, its host among them.
    pub fn users_of(&self, system: &System) -> BTreeSet<TenantId> {
        self.users_at(system, None)
    }

    /// Those that used it at a moment.
    pub fn users_at(&self, system: &System, moment: AsOf) -> BTreeSet<TenantId> {
        let enrolled = self.enrolments(&system.id, moment);
        enrolled.map(|(tenant, _)| tenant).chain([&system.host]).cloned().collect()
    }

    /// The municipalities that were enrolled in a system by a moment, and when. Its host is not among them.
    pub fn enrolments(
        &self,
        system: &SystemId,
        moment: AsOf,
    ) -> impl Iterator<Item = (&TenantId, OffsetDateTime)> {
        let enrolled = self.enrolments.get(system).into_iter().flatten().map(|(tenant, at)| (tenant, *at));
        enrolled.filter(move |(_, at)| moment.is_none_or(|moment| *at <= moment))
    }

    /// Whether a system may speak of a tenant's affairs on a date.
    pub fn is_in_use(&self, system: &SystemId, tenant: &TenantId, on: Date) -> bool {
        self.system(system).is_some_and(|found| {
            let enrolled = found.host == *tenant
                || self.enrolments.get(system).is_some_and(|tenants| tenants.contains_key(tenant));
            enrolled && found.retired_on.is_none_or(|retired| on < retired)
        })
    }

    pub fn contract_types(&self) -> impl Iterator<Item = &EventType> {
        self.contracts.keys()
    }

    /// Types whose contract in force calls them urgent.
    pub fn urgent_types(&self) -> impl Iterator<Item = &EventType> {
        self.contracts.keys().filter(|kind| self.is_urgent(kind))
    }

    /// Whether events of a type go before others of their municipality.
    pub fn is_urgent(&self, kind: &EventType) -> bool {
        self.contract_in_force(kind).is_some_and(|entry| entry.compiled.contract.urgent)
    }

    /// Every version of a contract, oldest first.
    pub fn versions(&self, kind: &EventType) -> impl DoubleEndedIterator<Item = &Arc<ContractEntry>> {
        self.contracts.get(kind).into_iter().flat_map(|versions| versions.values())
    }

    pub fn contract(&self, kind: &EventType, version: ContractVersion) -> Option<&Arc<ContractEntry>> {
        self.contracts.get(kind)?.get(&version)
    }

    /// The newest version that is not retired.
    pub fn contract_in_force(&self, kind: &EventType) -> Option<&Arc<ContractEntry>> {
        self.contract_at(kind, None)
    }

    /// The newest version that was published and not retired at a moment.
    pub fn contract_at(&self, kind: &EventType, moment: AsOf) -> Option<&Arc<ContractEntry>> {
        self.contracts.get(kind)?.values().rev().find(|entry| entry.is_in_force(moment))
    }

    pub fn product(&self, id: &str, moment: AsOf) -> Option<&Arc<Product>> {
        self.products.get(&shared_owner(), id, moment)
    }

    pub fn products(&self) -> &Shelf<Product> {
        &self.products
    }

    pub fn usages(&self) -> &Shelf<Usage> {
        &self.usages
    }

    pub fn processes(&self) -> &Shelf<Process> {
        &self.processes
    }

    pub fn datasets(&self) -> &Shelf<Dataset> {
        &self.datasets
    }

    pub fn services(&self) -> &Shelf<Service> {
        &self.services
    }

    pub fn agreements(&self) -> &Shelf<Agreement> {
        &self.agreements
    }

    pub fn changes(&self) -> &Shelf<Change> {
        &self.changes
    }

    pub fn controllers(&self) -> &Shelf<Controller> {
        &self.controllers
    }

    pub fn grant(&self, id: &str) -> Option<&Arc<Grant>> {
        self.grants.get(id)
    }

    pub fn grants(&self) -> impl Iterator<Item = &Arc<Grant>> {
        self.grants.values()
    }

    /// The grants that a caller holds.
    pub fn grants_held(&self, holder: &Holder<'_>) -> impl Iterator<Item = &Arc<Grant>> {
        let ids = self.grants_of.get(holder.organisation).into_iter().flatten();
        ids.filter_map(|id| self.grants.get(id)).filter(move |grant| grant.is_held_by(holder))
    }

    /// Whether a grant covers scope and tenant, and the system where one is meant.
    pub fn may(
        &self,
        holder: &Holder<'_>,
        scope: Scope,
        tenant: &TenantId,
        system: Option<&SystemId>,
    ) -> bool {
        self.grants_held(holder).any(|grant| {
            grant.scopes.contains(&scope)
                && grant.tenants.covers(tenant)
                && system.is_none_or(|system| grant.systems.covers(system))
        })
    }

    /// Whether a grant covers the scope for all tenants, those to come as well.
    pub fn may_for_all(&self, holder: &Holder<'_>, scope: Scope) -> bool {
        self.grants_held(holder).any(|grant| grant.scopes.contains(&scope) && grant.tenants.is_all())
    }

    /// The tenants for which a caller holds a scope.
    pub fn tenants_for(&self, holder: &Holder<'_>, scope: Scope) -> BTreeSet<TenantId> {
        let held: Vec<_> = self.grants_held(holder).filter(|grant| grant.scopes.contains(&scope)).collect();
        let covered = |tenant: &&TenantId| held.iter().any(|grant| grant.tenants.covers(tenant));
        self.tenants.keys().filter(covered).cloned().collect()
    }
}

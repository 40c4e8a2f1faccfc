//! What of the shared catalogue, and of other municipalities', a municipality takes along: what its own part stands on, and
//! nothing that is another's affair.

use std::collections::{BTreeMap, BTreeSet};

use samflyt_events::catalogue::{Catalogue, CatalogueEvent, Grant, Kind, Record, Resource, Wildcard, place};
use samflyt_events::subject::tenant_registry_stream;
use samflyt_events::{EventType, SystemId, TenantId};

/// Subjects of entries that are taken along, and what there is to know while they are looked for.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    tenant: TenantId,
    /// Subjects of the shared stream, but for the municipality's own record.
    shared: BTreeSet<String>,
    /// By stream of another host: subjects of the systems that the municipality uses.
    hosts: BTreeMap<String, BTreeSet<String>>,
    /// Grants that name this municipality alone; false where one was once wider.
    grants: BTreeMap<String, bool>,
}

impl Selection {
    /// What the municipality's systems stand on.
    pub fn new(catalogue: &Catalogue, tenant: &TenantId) -> Self {
        let mut selection = Self {
            tenant: tenant.clone(),
            shared: BTreeSet::new(),
            hosts: BTreeMap::new(),
            grants: BTreeMap::new(),
        };
        for system in catalogue.systems() {
            if system.host == *tenant {
                selection.system(catalogue, &system.id);
            } else if catalogue.users_of(system).contains(tenant) {
                selection.system(catalogue, &system.id);
                let (stream, subject) = place(Some(&system.host), Kind::System, system.id.as_str());
                selection.hosts.entry(stream).or_default().insert(subject);
                selection.shared(Kind::Tenant, system.host.as_str());
            }
        }
        selection
    }

    fn system(&mut self, catalogue: &Catalogue, id: &SystemId) {
        self.shared(Kind::System, id.as_str());
        let states = catalogue.system_history(id).into_iter().flat_map(|history| history.states());
        for state in states.filter_map(|state| state.value.as_ref()) {
            self.shared(Kind::Product, &state.product);
        }
    }

    fn shared(&mut self, kind: Kind, id: &str) {
        self.shared.insert(place(None, kind, id).1);
    }

    /// Takes in a type that the municipality's log holds, or an agreement of it names.
    pub fn kind(&mut self, kind: &EventType) {
        self.shared(Kind::Contract, kind.as_str());
    }

    /// Takes in an entry of the municipality's own part.
    pub fn own(&mut self, record: &Record) {
        if let CatalogueEvent::ResourceTurned { resource, .. } = &record.event
            && let Resource::Agreement(agreement) = resource.as_ref()
        {
            agreement.types.iter().for_each(|kind| self.kind(kind));
        }
    }

    /// Takes in an entry of the shared stream: only those know which grants there were.
    pub fn of_all(&mut self, record: &Record) {
        if let CatalogueEvent::GrantGiven { grant } = &record.event {
            let alone = is_for_alone(grant, &self.tenant);
            let entry = self.grants.entry(place(None, Kind::Grant, &grant.id).1).or_insert(true);
            *entry &= alone;
        }
    }

    /// The streams of other hosts that something is taken from.
    pub fn hosts(&self) -> impl Iterator<Item = &String> {
        self.hosts.keys()
    }

    /// Whether an entry is taken along before the municipality's own part.
    pub fn takes(&self, stream: &str, subject: &str) -> bool {
        match self.hosts.get(stream) {
            Some(subjects) => subjects.contains(subject),
            None => self.shared.contains(subject) || self.grants.get(subject).is_some_and(|alone| *alone),
        }
    }

    /// The subject of the municipality's own record, which comes last.
    pub fn own_record(&self) -> String {
        place(None, Kind::Tenant, self.tenant.as_str()).1
    }

    pub fn own_stream(&self) -> String {
        tenant_registry_stream(&self.tenant)
    }
}

fn is_for_alone(grant: &Grant, tenant: &TenantId) -> bool {
    matches!(&grant.tenants, Wildcard::Only(tenants) if tenants.len() == 1 && tenants.contains(tenant))
}

#[cfg(test)]
mod tests {
    use samflyt_events::OrganisationNumber;

    use super::*;

    fn given(id: &str, tenants: &[&str]) -> Record {
        let grant = Grant {
            id: id.to_owned(),
            organisation: OrganisationNumber::new("964963282").unwrap(),
            client: None,
            supplier: None,
            scopes: BTreeSet::new(),
            tenants: Wildcard::Only(tenants.iter().map(|tenant| TenantId::new(tenant).unwrap()).collect()),
            systems: Wildcard::EVERY,
        };
        Record { event: CatalogueEvent::GrantGiven { grant }, why: String::new(), client: None }
    }

    #[test]
    fn only_grants_that_were_never_wider_than_the_municipality_are_taken_along() {
        let mut selection = Selection::new(&Catalogue::default(), &TenantId::new("seljord").unwrap());
        for record in [
            given("own", &["seljord"]),
            given("both", &["seljord", "vinje"]),
            given("grew", &["seljord"]),
            given("grew", &["seljord", "vinje"]),
            given("other", &["vinje"]),
        ] {
            selection.of_all(&record);
        }
        let taken = |id: &str| selection.takes("REGISTRY", &format!("registry.grant.{id}"));
        assert_eq!(["own", "both", "grew", "other"].map(taken), [true, false, false, false]);
    }
}

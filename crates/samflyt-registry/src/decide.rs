//! What may be changed, and how: pure.

use samflyt_events::catalogue::{Attributes, Catalogue, CatalogueEvent, Grant, Kind, System, Tenant};
use samflyt_events::{Contract, ContractVersion, EventType, HUB_TENANT, Reason, Refusal, SystemId, TenantId};
use time::Date;

use crate::change::Decision;

fn append(tenant: Option<&TenantId>, kind: Kind, event: CatalogueEvent) -> Decision {
    Decision::Append { tenant: tenant.cloned(), kind, event: Box::new(event) }
}

fn unknown(what: &str, id: &str) -> Refusal {
    Refusal::new(Reason::NotFound, format!("there is no {what} `{id}`"))
}

fn taken(what: &str, id: &str) -> Refusal {
    Refusal::new(
        Reason::AlreadyExists,
        format!("there is a {what} `{id}` already, and it is another: choose another id"),
    )
}

pub(crate) fn tenant<'c>(catalogue: &'c Catalogue, id: &TenantId) -> Result<&'c Tenant, Refusal> {
    catalogue.tenant(id).map(AsRef::as_ref).ok_or_else(|| unknown("tenant", id.as_str()))
}

pub(crate) fn system<'c>(catalogue: &'c Catalogue, id: &SystemId) -> Result<&'c System, Refusal> {
    catalogue.system(id).map(AsRef::as_ref).ok_or_else(|| unknown("system", id.as_str()))
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

pub(crate) fn register_system(catalogue: &Catalogue, system: &System) -> Result<Decision, Refusal> {
    tenant(catalogue, &system.host)?;
    if system.id.as_str() == samflyt_events::HUB_SYSTEM {
        return Err(taken("system", system.id.as_str()));
    }
    match catalogue.system(&system.id) {
        Some(found) if same_registration(found, system) => Ok(Decision::Unchanged),
        Some(_) => Err(taken("system", system.id.as_str())),
        None => {
            let event = CatalogueEvent::SystemRegistered { system: system.clone() };
            Ok(append(Some(&system.host), Kind::System, event))
        }
    }
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
    let mut next = system(catalogue, by)?;
    // Following the chain must not come back: nobody could say what is in use.
    loop {
        if next.id == *id {
            let rule = format!(
                "`{id}` would in the end be replaced by itself: name a system that it does not replace"
            );
            return Err(Refusal::new(Reason::RequestInvalid, rule));
        }
        match next.replaced_by.as_ref().and_then(|further| catalogue.system(further)) {
            Some(further) => next = further,
            None => break,
        }
    }
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
    if found.retired {
        return Ok(Decision::Unchanged);
    }
    Ok(append(None, Kind::Contract, CatalogueEvent::ContractRetired { kind: kind.clone(), version }))
}

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

#[cfg(test)]
mod tests {
    use samflyt_events::contract::template;
    use time::macros::{date, datetime};

    use super::*;

    fn id(text: &str) -> TenantId {
        TenantId::new(text).unwrap()
    }

    fn attributes(number: &str) -> Attributes {
        Attributes {
            valid_from: date!(2020 - 01 - 01),
            municipality_number: number.to_owned().try_into().unwrap(),
            organisation_number: "964963282".to_owned().try_into().unwrap(),
            name: "Seljord".to_owned(),
        }
    }

    fn system_of(host: &str, name: &str) -> System {
        System {
            id: SystemId::new(name).unwrap(),
            host: id(host),
            product: "x".to_owned(),
            name: "X".to_owned(),
            note: String::new(),
            replaced_by: None,
            replaced_on: None,
            retired_on: None,
        }
    }

    struct World(Catalogue, u64);

    impl World {
        fn take(&mut self, decision: Result<Decision, Refusal>) {
            let Ok(Decision::Append { event, .. }) = decision else { panic!("refused or unchanged") };
            self.1 += 1;
            self.0.apply("S", "s", self.1, datetime!(2026-01-01 0:00 UTC), &event);
        }
    }

    fn world() -> World {
        let mut world = World(Catalogue::default(), 0);
        world.take(register_tenant(&world.0, &id("seljord"), &attributes("4022")));
        world.take(register_tenant(&world.0, &id("vinje"), &attributes("4036")));
        world.take(register_system(&world.0, &system_of("vinje", "vinje-agresso")));
        world
    }

    #[test]
    fn the_same_command_twice_changes_nothing_and_another_under_its_id_is_refused() {
        let world = world();
        let again = register_tenant(&world.0, &id("seljord"), &attributes("4022"));
        assert!(matches!(again, Ok(Decision::Unchanged)));
        let other = register_tenant(&world.0, &id("seljord"), &attributes("4000"));
        assert_eq!(other.err().map(|refusal| refusal.reason), Some(Reason::AlreadyExists));
        assert!(register_tenant(&world.0, &id("samflyt"), &attributes("4000")).is_err());
    }

    #[test]
    fn a_renumbered_tenant_keeps_what_it_was_before_the_date() {
        let mut world = world();
        let number = |number: &str| number.to_owned().try_into().unwrap();
        world.take(change_tenant(&world.0, &id("seljord"), date!(2024 - 01 - 01), |before| Attributes {
            municipality_number: number("5000"),
            ..before.clone()
        }));
        let seljord = tenant(&world.0, &id("seljord")).unwrap();
        assert_eq!(seljord.on(date!(2023 - 12 - 31)).municipality_number.as_str(), "4022");
        assert_eq!(seljord.on(date!(2024 - 01 - 01)).municipality_number.as_str(), "5000");
    }

    #[test]
    fn a_system_is_not_in_the_end_replaced_by_itself() {
        let mut world = world();
        world.take(register_system(&world.0, &system_of("vinje", "vinje-xledger")));
        let (old, new) = (SystemId::new("vinje-agresso").unwrap(), SystemId::new("vinje-xledger").unwrap());
        world.take(replace_system(&world.0, &old, &new, date!(2026 - 06 - 01)));
        assert!(replace_system(&world.0, &new, &old, date!(2026 - 06 - 01)).is_err());
        assert!(replace_system(&world.0, &new, &new, date!(2026 - 06 - 01)).is_err());
    }

    #[test]
    fn an_enrolled_system_is_in_use_by_that_tenant_only() {
        let mut world = world();
        let agresso = SystemId::new("vinje-agresso").unwrap();
        assert!(!world.0.is_in_use(&agresso, &id("seljord"), date!(2026 - 03 - 01)));
        world.take(enrol_system(&world.0, &agresso, &id("seljord")));
        assert!(world.0.is_in_use(&agresso, &id("seljord"), date!(2026 - 03 - 01)));
        world.take(retire_system(&world.0, &agresso, date!(2026 - 06 - 01)));
        assert!(!world.0.is_in_use(&agresso, &id("seljord"), date!(2026 - 06 - 01)));
    }

    #[test]
    fn a_published_contract_never_changes_and_versions_only_rise() {
        let mut world = world();
        let mut contract = template(&EventType::new("case.opened").unwrap());
        contract.version = ContractVersion { major: 1, minor: 1 };
        world.take(publish_contract(&world.0, &contract));
        assert!(matches!(publish_contract(&world.0, &contract), Ok(Decision::Unchanged)));
        contract.purpose.push('!');
        assert!(publish_contract(&world.0, &contract).is_err());
        contract.version.minor = 0;
        assert!(publish_contract(&world.0, &contract).is_err());
    }
}

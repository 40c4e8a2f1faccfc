use samflyt_events::catalogue::{Attributes, Catalogue, Placed, System};
use samflyt_events::contract::template;
use samflyt_events::{ContractVersion, EventType, SystemId};
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
    System::new(SystemId::new(name).unwrap(), id(host), "x".to_owned(), "X".to_owned())
}

struct World(Catalogue, u64);

impl World {
    fn take(&mut self, decision: Result<Decision, Refusal>) {
        let Ok(Decision::Append { event, .. }) = decision else { panic!("refused or unchanged") };
        self.1 += 1;
        let at = datetime!(2026-01-01 0:00 UTC);
        self.0.apply(&Placed { stream: "S", subject: "s", sequence: self.1, at, by: None }, &event);
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

#[test]
fn a_version_is_held_against_the_newest_of_its_major_in_force_and_every_break_is_told() {
    let mut world = world();
    let kind = EventType::new("case.opened").unwrap();
    let first = template(&kind);
    world.take(publish_contract(&world.0, &first));
    let mut second = first.clone();
    second.version.minor = 1;
    second.schema["required"] = serde_json::json!(["case", "applicant", "address"]);
    second.schema["properties"]["address"]["maxLength"] = 40.into();
    let Err(refusal) = publish_contract(&world.0, &second) else { panic!("published") };
    assert_eq!(refusal.reason, Reason::ContractInvalid);
    let fields: Vec<&str> = refusal.violations.iter().map(|found| found.field.as_str()).collect();
    assert_eq!(fields, ["/schema/required", "/schema/properties/address/maxLength"]);

    let mut next_major = second.clone();
    next_major.version = ContractVersion { major: 2, minor: 0 };
    assert!(matches!(publish_contract(&world.0, &next_major), Ok(Decision::Append { .. })));
    world.take(retire_contract(&world.0, &kind, first.version));
    assert!(matches!(publish_contract(&world.0, &second), Ok(Decision::Append { .. })));
}

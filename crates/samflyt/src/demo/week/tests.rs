//! What is true of every week, whatever its seed.

use std::collections::{BTreeMap, BTreeSet};

use samflyt_events::{
    CompiledContract, CorrelationId, Draft, EntityId, EventRef, Extent, Reason, TenantId,
    personal::holds_identity_number,
};
use serde_json::Value;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::datetime};

use super::*;

const SEED: u64 = 2026;
const NOW: OffsetDateTime = datetime!(2026-03-10 08:00 +1);

fn planned(week: &Week) -> impl Iterator<Item = (&String, &Planned)> {
    week.by_tenant.iter().flat_map(|(tenant, list)| list.iter().map(move |planned| (tenant, planned)))
}

fn accepted(week: &Week) -> impl Iterator<Item = (&String, &Event)> {
    planned(week).filter(|(_, p)| p.expect == Expect::Accepted).map(|(tenant, p)| (tenant, &p.event))
}

fn reference(event: &Event) -> String {
    format!("{}/{}", event.system, event.id)
}

fn time(event: &Event) -> Option<OffsetDateTime> {
    let time = event.time.as_ref()?;
    let nanos = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
}

fn compiled() -> BTreeMap<String, CompiledContract> {
    let compile = |contract: samflyt_events::Contract| {
        (contract.kind.to_string(), CompiledContract::new(contract).unwrap())
    };
    all_contracts().unwrap().into_iter().map(compile).collect()
}

#[test]
fn the_same_seed_tells_the_same_week_and_another_another() {
    assert_eq!(week(SEED), week(SEED));
    assert_ne!(week(SEED), week(SEED + 1));
}

#[test]
fn the_totals_are_the_same_for_every_seed() {
    for seed in [0, 1, SEED, u64::MAX] {
        let week = week(seed);
        let mut totals: BTreeMap<Expect, usize> = BTreeMap::new();
        for (_, planned) in planned(&week) {
            let kind =
                if let Expect::Refused(_) = planned.expect { Expect::Refused("") } else { planned.expect };
            *totals.entry(kind).or_default() += 1;
        }
        let expected =
            [(Expect::Accepted, ACCEPTED), (Expect::Duplicate, DUPLICATES), (Expect::Refused(""), REFUSED)];
        assert_eq!(totals, BTreeMap::from(expected), "seed {seed}");
        assert_eq!(week.by_tenant.len(), 6);
    }
}

#[test]
fn every_contract_is_used_and_every_accepted_event_keeps_to_its_own() {
    let (week, contracts) = (week(SEED), compiled());
    let mut used = BTreeSet::new();
    for (_, event) in accepted(&week) {
        let contract = &contracts[&event.r#type];
        let data: Value = serde_json::from_slice(&event.data).unwrap();
        let entity = EntityId::new(&event.entity).unwrap();
        contract.check(&data, &entity, &[&event.id, &event.correlation_id]).unwrap();
        if let Some(pointer) = &contract.contract.entity {
            assert_eq!(data.pointer(pointer).unwrap(), entity.as_str());
        }
        used.insert(event.r#type.as_str());
    }
    // The archive answers itself.
    let answers = |kind: &&str| kind.starts_with("archive.") && *kind != REQUESTED;
    assert_eq!(used, contracts.keys().map(String::as_str).filter(|kind| !answers(kind)).collect());
}

#[test]
fn every_accepted_event_is_of_the_clients_tenant_and_of_a_system_that_it_uses() {
    let (week, region) = (week(SEED), Region::embedded().unwrap());
    let by_successor = |(_, event): &(&String, &Event)| event.system == region.replacement.by.as_str();
    assert!(accepted(&week).filter(by_successor).any(|(_, event)| event.r#type.starts_with("building.")));
    for (tenant, event) in accepted(&week) {
        assert_eq!(event.tenant, *tenant);
        let system = region.systems.iter().find(|system| system.id.as_str() == event.system).unwrap();
        assert!(system.is_used_by(&TenantId::new(tenant).unwrap()), "{} in {tenant}", event.system);
        let replaced = event.system == region.replacement.system.as_str();
        let day = time(event).unwrap().to_offset(UtcOffset::from_hms(1, 0, 0).unwrap()).date();
        assert!(!replaced || day < region.replacement.on);
    }
}

#[test]
fn causes_come_before_consequences_and_share_their_affair() {
    let week = week(SEED);
    for list in week.by_tenant.values() {
        let mut affairs: BTreeMap<String, (&str, OffsetDateTime)> = BTreeMap::new();
        for event in list.iter().filter(|p| p.expect == Expect::Accepted).map(|p| &p.event) {
            let at = time(event).unwrap();
            assert!((calendar::BEGIN..calendar::END).contains(&at));
            for earlier in [&event.causation_id, &event.corrects, &event.retracts] {
                if !earlier.is_empty() {
                    let (affair, earlier_at) = affairs[earlier];
                    assert_eq!(affair, event.correlation_id);
                    assert!(earlier_at < at);
                }
            }
            EventRef::parse(&event.correlation_id).unwrap();
            let again = affairs.insert(reference(event), (&event.correlation_id, at));
            assert!(again.is_none(), "{} twice", reference(event));
        }
    }
}

#[test]
fn an_id_is_given_once_but_for_planned_copies_and_reuse() {
    let week = week(SEED);
    let mut known: BTreeMap<String, &Event> = BTreeMap::new();
    for (_, Planned { event, expect }) in planned(&week) {
        match expect {
            Expect::Accepted => assert!(known.insert(reference(event), event).is_none()),
            Expect::Duplicate => assert_eq!(known[&reference(event)], event),
            Expect::Refused("ID_REUSED") => assert_ne!(known[&reference(event)].data, event.data),
            Expect::Refused(_) => assert!(!known.contains_key(&reference(event))),
        }
    }
}

#[test]
fn no_person_stands_in_clear_in_what_is_accepted() {
    let week = week(SEED);
    for (_, event) in accepted(&week) {
        for text in [&event.id, &event.entity, &event.correlation_id, &event.causation_id] {
            assert!(!holds_identity_number(text));
        }
    }
}

#[test]
fn what_is_wrong_is_wrong_for_its_reason_alone() {
    let (week, contracts) = (week(SEED), compiled());
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (tenant, Planned { event, expect }) in planned(&week) {
        let Expect::Refused(expected) = expect else { continue };
        *reasons.entry(expected).or_default() += 1;
        let found = judge(tenant, event, &contracts);
        assert_eq!(found, *expected, "{} of {}", event.r#type, event.system);
    }
    let ways: Vec<&str> = reasons.keys().copied().collect();
    let expected = [
        "CONTRACT_VERSION_UNKNOWN",
        "CONTRACT_VIOLATED",
        "ENVELOPE_INVALID",
        "ID_REUSED",
        "NOT_GRANTED",
        "SYSTEM_UNKNOWN",
        "TIME_IN_FUTURE",
        "TOO_LARGE",
        "TYPE_UNKNOWN",
    ];
    assert_eq!(ways, expected);
}

/// The door's own order: parse, authorise, contract, and what is left is an id that is taken.
fn judge(client: &str, event: &Event, contracts: &BTreeMap<String, CompiledContract>) -> &'static str {
    let draft = Draft {
        id: event.id.clone(),
        source: format!("{}{}", samflyt_events::SOURCE_PREFIX, event.system),
        kind: format!("{}{}", samflyt_events::TYPE_PREFIX, event.r#type),
        tenant: event.tenant.clone(),
        subject: event.entity.clone(),
        time: time(event).and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default(),
        correlationid: event.correlation_id.clone(),
        causationid: event.causation_id.clone(),
        corrects: event.corrects.clone(),
        retracts: event.retracts.clone(),
        data: event.data.clone(),
        ..Draft::default()
    };
    let parsed = match draft.parse(NOW, &Extent::default()) {
        Ok(parsed) => parsed,
        Err(refusal) => return refusal.reason.as_str(),
    };
    if parsed.event.tenant.as_str() != client {
        return Reason::NotGranted.as_str();
    }
    let region = Region::embedded().unwrap();
    let used = |system: &crate::demo::region::System| {
        system.id == parsed.event.system && system.is_used_by(&parsed.event.tenant)
    };
    if !region.systems.iter().any(used) {
        return Reason::SystemUnknown.as_str();
    }
    let Some(contract) = contracts.get(parsed.event.kind.as_str()) else {
        return Reason::TypeUnknown.as_str();
    };
    if !event.contract_version.is_empty() && event.contract_version != contract.contract.version.to_string() {
        return Reason::ContractVersionUnknown.as_str();
    }
    let checked = contract.check(&parsed.value, &parsed.event.entity, &[&event.id, &event.correlation_id]);
    checked.map_or_else(|refusal| refusal.reason.as_str(), |()| Reason::IdReused.as_str())
}

#[test]
fn the_showcase_goes_from_the_form_to_the_archive_and_the_invoice() {
    let week = week(SEED);
    let Showcase { tenant, system, event_id } = &week.showcase;
    let affair = CorrelationId::new(&format!("{system}/{event_id}")).unwrap();
    let of_it = |event: &&Event| event.correlation_id == affair.as_str();
    let events: Vec<&Event> = accepted(&week).map(|(_, event)| event).filter(of_it).collect();
    let roots: Vec<&String> =
        events.iter().filter(|event| event.causation_id.is_empty()).map(|event| &event.id).collect();
    assert_eq!(roots, [event_id]);
    let kinds: BTreeSet<&str> = events.iter().map(|event| event.r#type.as_str()).collect();
    assert_eq!((tenant.as_str(), system.as_str()), ("seljord", "seljord-skjemaporten"));
    let expected = [
        "archive.deposit-requested",
        "case.decided",
        "case.opened",
        "case.published",
        "form.submitted",
        "invoice.issued",
        "invoice.requested",
        "kindergarten.application-received",
        "kindergarten.place-accepted",
        "kindergarten.place-offered",
    ];
    assert_eq!(kinds, BTreeSet::from(expected));
}

#[test]
#[ignore = "prints the week, for whoever changes it"]
fn print_the_week() {
    let week = week(SEED);
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (tenant, planned) in planned(&week) {
        *counts.entry((tenant.clone(), format!("{:?}", planned.expect))).or_default() += 1;
        if planned.expect == Expect::Accepted {
            *counts.entry(("all".to_owned(), planned.event.r#type.clone())).or_default() += 1;
            *counts.entry(("system".to_owned(), planned.event.system.clone())).or_default() += 1;
        }
    }
    println!("{counts:#?}");
    for flow in week.flows() {
        println!("{flow:?}");
    }
    let of_it = |event: &&Event| event.correlation_id.ends_with(&week.showcase.event_id);
    for event in accepted(&week).map(|(_, event)| event).filter(of_it) {
        println!(
            "{:?} {} {} {}",
            time(event),
            event.system,
            event.r#type,
            String::from_utf8_lossy(&event.data)
        );
    }
}

#[test]
fn every_deposit_has_its_documents_and_every_document_its_deposit() {
    let week = week(SEED);
    let (mut written, mut named) = (BTreeSet::new(), BTreeSet::new());
    for (tenant, letters) in &week.letters {
        for letter in letters {
            let sha256 = samflyt_archive::Digest::of(letter).to_string();
            assert!(written.insert((tenant.clone(), sha256, letter.len() as u64)), "two letters are alike");
        }
    }
    for (tenant, event) in accepted(&week).filter(|(_, event)| event.r#type == REQUESTED) {
        let data: Value = serde_json::from_slice(&event.data).unwrap();
        for document in data["documents"].as_array().unwrap() {
            let sha256 = document["sha256"].as_str().unwrap().to_owned();
            named.insert((tenant.clone(), sha256, document["size"].as_u64().unwrap()));
        }
    }
    assert_eq!(written, named);
}

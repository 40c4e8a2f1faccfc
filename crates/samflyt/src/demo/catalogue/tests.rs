//! What is true of the catalogue that comes with the binary.

use std::collections::BTreeSet;

use samflyt_events::Contract;
use samflyt_events::catalogue::Resource;
use samflyt_proto::lineage::DriftKind;
use time::macros::date;

use super::*;
use crate::demo::contracts::all_contracts;
use crate::demo::week::{Expect, week};

const TODAY: Date = date!(2026 - 03 - 10);

fn house() -> House {
    House::embedded(&Region::embedded().unwrap(), TODAY).unwrap()
}

fn resources(house: &House) -> Vec<Resource> {
    let plain = house.documents.iter().flat_map(|(kind, documents)| documents.iter().map(|d| (*kind, d)));
    let drafts = house.agreements.iter().map(|of| (Kind::Agreement, &of.document));
    let changes = house.changes.iter().map(|document| (Kind::Change, document));
    let parse = |(kind, document): (Kind, &Value)| Resource::from_value(kind, document.clone()).unwrap();
    plain.chain(drafts).chain(changes).map(parse).collect()
}

#[test]
fn every_document_is_one_of_its_kind_and_stands_once() {
    let resources = resources(&house());
    let keys: BTreeSet<_> =
        resources.iter().map(|of| (of.kind(), of.tenant().cloned(), of.id().to_owned())).collect();
    assert_eq!(keys.len(), resources.len());
    for kind in Kind::DESCRIBED {
        assert!(resources.iter().any(|resource| resource.kind() == kind), "{}", kind.as_str());
    }
}

#[test]
fn every_product_of_the_region_is_described_and_every_system_of_it_runs_in_one_of_two_environments_or_a_cloud()
 {
    let (region, house) = (Region::embedded().unwrap(), house());
    let products: BTreeSet<String> = resources(&house)
        .into_iter()
        .filter_map(
            |of| if let Resource::Product(product) = of { Some(product.id.to_string()) } else { None },
        )
        .collect();
    assert!(region.systems.iter().all(|system| products.contains(&system.product)));
    let systems = resources(&house).into_iter().filter_map(|of| match of {
        Resource::System(system) => Some(system),
        _ => None,
    });
    let environments: BTreeSet<String> = systems.map(|system| system.environment).collect();
    let expected = [
        "Operations north (Kviteseid, Tokke, Vinje)",
        "Operations west (Seljord, Nissedal, Fyresdal)",
        "Vendor's cloud",
    ];
    assert_eq!(environments, BTreeSet::from(expected.map(str::to_owned)));
}

#[test]
fn contacts_are_offices_with_addresses_that_cannot_exist() {
    for resource in resources(&house()) {
        for word in resource.document().to_string().split(['"', ' ', ';']).filter(|word| word.contains('@')) {
            assert!(word.ends_with(".example"), "{word} in {}", resource.id());
        }
    }
}

#[test]
fn the_week_drifts_from_what_is_declared_in_each_way_that_the_files_mean() {
    let (house, week) = (house(), week(2026));
    let drift = Drift::of(&house.agreements, &week.flows(), &all_contracts().unwrap(), TODAY);
    let count = |kind| drift.of_kind(kind).len();
    // Tokke's kindergartens (3), Fyresdal's hours (1), Byggmappa in Kviteseid (7).
    assert_eq!(count(DriftKind::Shadow), 11, "{:#?}", drift.of_kind(DriftKind::Shadow));
    assert_eq!(count(DriftKind::Outlived), 1);
    assert_eq!(count(DriftKind::Dead), 0);
    assert!(count(DriftKind::NeverSeen) >= 8, "{drift:?}");
    let lawless = &drift.0[&DriftKind::NoLegalBasis];
    assert!(lawless.iter().any(|flow| flow.provider == "nissedal-komtek"));
}

#[test]
fn the_substitute_refuses_one_field_of_some_of_the_cases_that_ephorte_opened() {
    let contract = Contract::parse(SUBSTITUTE.as_bytes()).unwrap();
    let contract = samflyt_events::CompiledContract::new(contract).unwrap();
    let week = week(2026);
    let seljord = week.by_tenant["seljord"].iter();
    let opened = seljord.filter(|of| of.expect == Expect::Accepted && of.event.r#type == "case.opened");
    let (mut passed, mut failed) = (0, 0);
    for event in opened.map(|planned| &planned.event) {
        let data: Value = serde_json::from_slice(&event.data).unwrap();
        let entity = samflyt_events::EntityId::new(&event.entity).unwrap();
        match contract.check(&data, &entity, &[]) {
            Ok(()) => passed += 1,
            Err(refusal) => {
                failed += 1;
                let fields: Vec<&str> = refusal.violations.iter().map(|v| v.field.as_str()).collect();
                assert_eq!(fields, ["/data/title"]);
            }
        }
    }
    assert!(passed > failed && failed > 0, "{passed} {failed}");
}

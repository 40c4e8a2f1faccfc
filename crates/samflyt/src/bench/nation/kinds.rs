//! What is the same in the whole nation: event types with their contracts, and products.

use samflyt_events::catalogue::{Product, Resource};
use samflyt_events::contract::{ArchiveDuty, Classification, Field, LegalBasis, Origin, Retention};
use samflyt_events::{Contract, ContractVersion, EventType, ResourceId};
use serde_json::{Value, json};

use super::shape::{FUNCTIONS, KINDS};

const EVENTS: [&str; KINDS] = ["opened", "decided", "settled"];
/// What some functions ask people for: every so many functions, the concept.
const COLLECTED: [(usize, &str); 5] = [
    (3, "person.name"),
    (4, "person.address"),
    (5, "person.phone"),
    (7, "household.income"),
    (9, "household.size"),
];

pub(super) fn event_type(function: usize, kind: usize) -> anyhow::Result<EventType> {
    Ok(EventType::new(&format!("f{function:03}.{}", EVENTS[kind % KINDS]))?)
}

pub(super) fn product_id(product: usize) -> anyhow::Result<ResourceId> {
    Ok(ResourceId::new(&format!("p{product:04}"))?)
}

pub(super) fn product(product: usize) -> anyhow::Result<Resource> {
    Ok(Resource::Product(Product {
        id: product_id(product)?,
        name: format!("Product {product}"),
        vendor: format!("Vendor {}", product % 120),
        versions: vec!["1.0".to_owned(), "2.0".to_owned()],
        functions: vec![format!("function-{}", product % FUNCTIONS)],
        information: vec!["cases".to_owned()],
        standards: Vec::new(),
        interfaces: vec!["REST".to_owned()],
        licence: "proprietary".to_owned(),
        note: String::new(),
    }))
}

pub(super) fn contract(function: usize, kind: usize) -> anyhow::Result<Contract> {
    let field =
        |concept: &str, origin, personal| Field { concept: Some(concept.to_owned()), origin, personal };
    let mut fields = std::collections::BTreeMap::new();
    let mut properties = json!({
        "case": {"type": "string", "maxLength": 64},
        "amount": {"type": "integer", "minimum": 0},
        "person": {"type": "string", "maxLength": 20},
    });
    fields.insert("/case".to_owned(), field("case.number", Origin::Derived, false));
    fields.insert("/amount".to_owned(), field("case.amount", Origin::Derived, false));
    fields.insert("/person".to_owned(), field("person.identifier", Origin::Reused, true));
    for (every, concept) in COLLECTED {
        if function.is_multiple_of(every) {
            let name = concept.replace('.', "_");
            // The function asks for it when a case is opened, and uses it later.
            let origin = if kind == 0 { Origin::Collected } else { Origin::Reused };
            fields.insert(format!("/{name}"), field(concept, origin, true));
            properties[name] = json!({"type": "string", "maxLength": 200});
        }
    }
    let duty = if kind == 1 { ArchiveDuty::Deposit } else { ArchiveDuty::None };
    Ok(Contract {
        kind: event_type(function, kind)?,
        version: ContractVersion { major: 1, minor: 0 },
        compatibility: samflyt_events::contract::Compatibility::Backward,
        title: format!("Function {function}, {}", EVENTS[kind % KINDS]),
        description: String::new(),
        purpose: "Do what the function is for".to_owned(),
        legal_basis: basis(function),
        classification: Classification::Internal,
        retention: Retention { class: format!("function-{function}"), years: Some(10) },
        archive_duty: duty,
        urgent: false,
        entity: Some("/case".to_owned()),
        persons: vec!["/person".to_owned()],
        fields,
        schema: schema(&properties),
    })
}

fn schema(properties: &Value) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["case"],
        "additionalProperties": false, "properties": properties,
    })
}

pub(super) fn basis(function: usize) -> LegalBasis {
    LegalBasis { gdpr: "6(1)(e)".to_owned(), law: format!("lov om funksjon {function} § 1") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contract_of_the_nation_is_one() {
        for function in 0..FUNCTIONS {
            for kind in 0..KINDS {
                let contract = contract(function, kind).unwrap();
                assert_eq!(Contract::parse(&contract.to_json()).unwrap(), contract);
            }
        }
    }
}

//! Contracts: what an event type promises. Data, published through the registry, never code (section 7 of the design).

mod check;
mod compatibility;
mod compiled;
mod schema;
mod template;
mod version;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use check::{ContractError, DOCUMENT_BYTES_MAX};
pub use compatibility::Compatibility;
pub use compiled::CompiledContract;
pub use template::template;
pub use version::ContractVersion;

use crate::EventType;

/// A contract document, as it is written, published and read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    #[serde(rename = "type")]
    pub kind: EventType,
    pub version: ContractVersion,
    /// What a newer version of the same major keeps to.
    #[serde(default)]
    pub compatibility: Compatibility,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Why the information is processed (GDPR article 5(1)(b)).
    pub purpose: String,
    pub legal_basis: LegalBasis,
    pub classification: Classification,
    pub retention: Retention,
    pub archive_duty: ArchiveDuty,
    /// Its events do not wait behind others of their municipality: somebody's safety rests on them (a fall alarm). Those of
    /// one entity keep their order all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// JSON pointer to the field of the data that names the entity: it must equal the event's `subject`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// JSON pointers to the fields that name the persons whom the event concerns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<String>,
    /// What is known of each field, by JSON pointer; `*` stands for every item of an array.
    #[serde(default)]
    pub fields: BTreeMap<String, Field>,
    /// JSON Schema 2020-12 of the data.
    pub schema: Value,
}

/// Why it is lawful.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// The article of the GDPR: `6(1)(e)`; empty where no personal data is processed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub gdpr: String,
    /// National law with its section: `barnehageloven § 16`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub law: String,
}

impl std::fmt::Display for LegalBasis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let gdpr = if self.gdpr.is_empty() { String::new() } else { format!("GDPR {}", self.gdpr) };
        let parts: Vec<&str> =
            [gdpr.as_str(), &self.law].into_iter().filter(|part| !part.is_empty()).collect();
        f.write_str(&parts.join("; "))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Classification {
    Open,
    Internal,
    Confidential,
    StrictlyConfidential,
}

impl Classification {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::StrictlyConfidential => "strictly-confidential",
        }
    }
}

/// How long the information is kept, and under which class of keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Names the retention class: `kindergarten-case`.
    pub class: String,
    /// Years after the event; absent: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<u32>,
}

/// Whether what the event concerns must reach the archive (*arkivplikt*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveDuty {
    None,
    /// The affair has to be deposited.
    Deposit,
}

/// What is known of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its meaning, shared across systems: `person.address`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concept: Option<String>,
    #[serde(default)]
    pub origin: Origin,
    #[serde(default)]
    pub personal: bool,
}

/// Where a field's content comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The person was asked.
    Collected,
    /// Made by the system.
    #[default]
    Derived,
    /// Taken from another system.
    Reused,
}

impl Contract {
    /// The contract as it is stored: compact JSON.
    pub fn to_json(&self) -> Vec<u8> {
        // A struct of strings, numbers and maps with string keys always serialises.
        #[allow(clippy::expect_used)]
        serde_json::to_vec(self).expect("a contract serialises")
    }

    /// The pointers of the fields that are personal.
    pub fn personal_pointers(&self) -> impl Iterator<Item = &str> {
        let named = self.persons.iter().map(String::as_str);
        let marked =
            self.fields.iter().filter(|(_, field)| field.personal).map(|(pointer, _)| pointer.as_str());
        named.chain(marked)
    }

    /// Takes the personal fields out of the data; returns the pointers of what was there.
    pub fn withhold_personal(&self, data: &mut Value) -> Vec<String> {
        let mut withheld = std::collections::BTreeSet::new();
        for pointer in self.personal_pointers() {
            let steps: Vec<&str> = pointer.split('/').skip(1).collect();
            if withhold(data, &steps) {
                withheld.insert(pointer.to_owned());
            }
        }
        withheld.into_iter().collect()
    }
}

fn withhold(value: &mut Value, steps: &[&str]) -> bool {
    let [step, rest @ ..] = steps else {
        let there = !value.is_null();
        *value = Value::Null;
        return there;
    };
    match value {
        Value::Array(items) if *step == "*" => {
            items.iter_mut().fold(false, |any, item| withhold(item, rest) | any)
        }
        Value::Array(items) => step
            .parse::<usize>()
            .ok()
            .and_then(|index| items.get_mut(index))
            .is_some_and(|item| withhold(item, rest)),
        Value::Object(members) => {
            let name = step.replace("~1", "/").replace("~0", "~");
            members.get_mut(&name).is_some_and(|member| withhold(member, rest))
        }
        _ => false,
    }
}

/// Every value that a pointer of a contract names.
pub fn values_at<'v>(value: &'v Value, pointer: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        found = found
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(items) if name == "*" => items.iter().collect(),
                Value::Array(items) => {
                    name.parse().ok().and_then(|i: usize| items.get(i)).into_iter().collect()
                }
                Value::Object(members) => members.get(&name).into_iter().collect::<Vec<_>>(),
                _ => Vec::new(),
            })
            .collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn personal_fields_are_withheld_also_inside_arrays() {
        let mut contract = template(&EventType::new("case.opened").unwrap());
        contract.persons = vec!["/parents/*/id".to_owned()];
        contract.fields.clear();
        contract.fields.insert(
            "/child/name".to_owned(),
            Field { concept: None, origin: Origin::Collected, personal: true },
        );
        let mut data = json!({"parents": [{"id": "x"}, {"id": "y", "a": 1}], "child": {"name": "N"}, "n": 1});
        assert_eq!(contract.withhold_personal(&mut data), ["/child/name", "/parents/*/id"]);
        assert_eq!(
            data,
            json!({"parents": [{"id": null}, {"id": null, "a": 1}], "child": {"name": null}, "n": 1})
        );
        assert_eq!(values_at(&json!({"p": [{"i": 1}, {"i": 2}]}), "/p/*/i"), [&json!(1), &json!(2)]);
    }
}

//! A dataset: what a system publishes of a type, with what its contract says: fields, owners, legal basis, and which of
//! its fields were taken from where.

use samflyt_events::catalogue::{AsOf, Catalogue};
use samflyt_events::contract::Origin;
use samflyt_events::{Contract, EventType, SystemId, TenantId};
use serde_json::{Map, Value, json};

use super::facet::{documentation, legal_basis, ownership, standard};
use super::flow::{dataset_name, namespace};

/// What facets are made from, as of the end of a day.
pub(super) struct Known<'c> {
    pub catalogue: &'c Catalogue,
    pub moment: AsOf,
    pub tenant: &'c TenantId,
}

impl Known<'_> {
    pub fn contract(&self, kind: &EventType) -> Option<&Contract> {
        self.catalogue.contract_at(kind, self.moment).map(|entry| &entry.compiled.contract)
    }

    /// The office that owns the system in the municipality, and its host.
    pub fn owners(&self, system: &SystemId) -> Vec<(String, &'static str)> {
        let host = self.catalogue.system_at(system, self.moment).map(|found| found.host.to_string());
        let usage = self.catalogue.usages().get(self.tenant, system.as_str(), self.moment);
        let office = usage.map(|usage| usage.owner.clone()).filter(|owner| !owner.is_empty());
        let host = host.map(|host| (format!("tenant:{host}"), "HOST"));
        host.into_iter().chain(office.map(|office| (format!("office:{office}"), "OWNER"))).collect()
    }

    /// The dataset with the facets that hold for it wherever it is named.
    pub fn dataset(&self, provider: &SystemId, kind: &EventType) -> Value {
        let mut facets = Map::new();
        let owners = self.owners(provider);
        if !owners.is_empty() {
            facets.insert("ownership".to_owned(), ownership("Dataset", &owners));
        }
        if let Some(contract) = self.contract(kind) {
            facets.insert("documentation".to_owned(), documentation("Dataset", &contract.title));
            let fields = fields_of(&contract.schema, contract, "");
            facets.insert(
                "schema".to_owned(),
                standard("1-2-0", "SchemaDatasetFacet", json!({"fields": fields})),
            );
            facets.insert("samflyt_legalBasis".to_owned(), basis(contract));
        }
        json!({"namespace": namespace(self.tenant), "name": dataset_name(provider, kind), "facets": facets})
    }

    /// Which fields of what the consumer publishes are the same concepts as fields of what it used, by the contracts: those
    /// that are said to be reused. None where there is no such field.
    pub fn column_lineage(&self, from: (&SystemId, &EventType), to: &EventType) -> Option<Value> {
        let (source, target) = (self.contract(from.1)?, self.contract(to)?);
        let mut columns = Map::new();
        for (pointer, field) in target.fields.iter().filter(|(_, field)| field.origin == Origin::Reused) {
            let Some(concept) = &field.concept else { continue };
            let same = source.fields.iter().filter(|(_, of)| of.concept.as_ref() == Some(concept));
            let inputs: Vec<Value> =
                same.map(|(pointer, _)| self.input_field(from, pointer, concept)).collect();
            if !inputs.is_empty() {
                columns.insert(column(pointer), json!({"inputFields": inputs}));
            }
        }
        let facet = || standard("1-2-0", "ColumnLineageDatasetFacet", json!({"fields": columns}));
        (!columns.is_empty()).then(facet)
    }

    fn input_field(&self, (provider, kind): (&SystemId, &EventType), pointer: &str, concept: &str) -> Value {
        json!({
            "namespace": namespace(self.tenant),
            "name": dataset_name(provider, kind),
            "field": column(pointer),
            "transformations": [{"type": "DIRECT", "subtype": "IDENTITY", "description": format!("concept {concept}")}],
        })
    }
}

/// A JSON pointer as the name of a column.
fn column(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~")
}

/// The fields of an object of the schema, those within them below.
fn fields_of(schema: &Value, contract: &Contract, pointer: &str) -> Vec<Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let fields = properties.into_iter().flatten().map(|(name, of)| {
        let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        let mut field = json!({"name": name, "type": kind_of(of)});
        let known = contract.fields.get(&pointer);
        let concept =
            known.and_then(|known| known.concept.as_ref()).map(|concept| format!("concept {concept}"));
        let told = of.get("description").and_then(Value::as_str).map(ToOwned::to_owned);
        if let Some(description) = concept.into_iter().chain(told).reduce(|a, b| format!("{a}: {b}")) {
            field["description"] = description.into();
        }
        let (inner, pointer) = match of.get("items") {
            Some(items) => (items, format!("{pointer}/*")),
            None => (of, pointer),
        };
        let below = fields_of(inner, contract, &pointer);
        if !below.is_empty() {
            field["fields"] = below.into();
        }
        field
    });
    fields.collect()
}

fn kind_of(schema: &Value) -> String {
    match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|"),
        _ => "any".to_owned(),
    }
}

fn basis(contract: &Contract) -> Value {
    let personal: Vec<String> = contract.personal_pointers().map(column).collect();
    legal_basis(
        "LegalBasisDatasetFacet",
        json!({
            "gdpr": contract.legal_basis.gdpr,
            "law": contract.legal_basis.law,
            "purpose": contract.purpose,
            "classification": contract.classification.as_str(),
            "retentionClass": contract.retention.class,
            "retentionYears": contract.retention.years,
            "personalFields": personal,
            "contract": format!("{}:{}", contract.kind, contract.version),
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_fields_stand_below_theirs_with_the_concepts_of_the_contract() {
        let mut contract = samflyt_events::contract::template(&EventType::new("case.opened").unwrap());
        contract.fields = serde_json::from_value(json!({"/parents/*/id": {"concept": "person.id"}})).unwrap();
        let schema = json!({"properties": {
            "case": {"type": ["string", "null"]},
            "parents": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}},
        }});
        assert_eq!(
            Value::Array(fields_of(&schema, &contract, "")),
            json!([
                {"name": "case", "type": "string|null"},
                {"name": "parents", "type": "array",
                 "fields": [{"name": "id", "type": "string", "description": "concept person.id"}]},
            ])
        );
        assert_eq!(column("/parents/*/id"), "parents.*.id");
    }
}

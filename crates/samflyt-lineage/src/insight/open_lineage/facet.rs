//! Facets: what OpenLineage knows of datasets, jobs and runs beside their names. Each names the schema that it keeps to.

use serde_json::{Value, json};

/// Who tells it.
pub(super) const PRODUCER: &str = concat!("https://samflyt.no/v", env!("CARGO_PKG_VERSION"));
const SPECIFICATION: &str = "https://openlineage.io/spec/facets";
/// Where the schemas of our own facets are: `docs/openlineage`.
const OWN: &str = "https://samflyt.no/openlineage/1-0-0/LegalBasisFacet.json#/$defs";

fn facet(schema: String, mut members: Value) -> Value {
    members["_producer"] = PRODUCER.into();
    members["_schemaURL"] = schema.into();
    members
}

/// One of OpenLineage's own: `1-0-1`, `NominalTimeRunFacet`.
pub(super) fn standard(version: &str, name: &str, members: Value) -> Value {
    facet(format!("{SPECIFICATION}/{version}/{name}.json#/$defs/{name}"), members)
}

/// Why it is lawful: ours.
pub(super) fn legal_basis(name: &str, members: Value) -> Value {
    facet(format!("{OWN}/{name}"), members)
}

pub(super) fn documentation(of: &str, description: &str) -> Value {
    standard("1-1-0", &format!("Documentation{of}Facet"), json!({"description": description}))
}

pub(super) fn ownership(of: &str, owners: &[(String, &str)]) -> Value {
    let owners: Vec<Value> = owners.iter().map(|(name, kind)| json!({"name": name, "type": kind})).collect();
    standard("1-0-1", &format!("Ownership{of}Facet"), json!({"owners": owners}))
}

//! Receipts in the words of `arkivmeldingKvittering`.

use samflyt_noark::unit::Unit;
use serde_json::{Map, Value, json};

const MAPPE: [&str; 10] = [
    "systemID",
    "mappeID",
    "opprettetDato",
    "opprettetAv",
    "avsluttetDato",
    "avsluttetAv",
    "referanseEksternNoekkel",
    "saksaar",
    "sakssekvensnummer",
    "saksdato",
];
const REGISTRERING: [&str; 14] = [
    "systemID",
    "opprettetDato",
    "opprettetAv",
    "arkivertDato",
    "arkivertAv",
    "registreringsID",
    "referanseEksternNoekkel",
    "journalaar",
    "journalsekvensnummer",
    "journalpostnummer",
    "journalposttype",
    "journalstatus",
    "journaldato",
    "forfallsdato",
];

/// `made`: `Opprettet`, otherwise `Eksisterende`.
pub(super) fn mappe(unit: &Unit, made: bool) -> Value {
    let mut receipt = kept(&unit.doc, &MAPPE);
    receipt.insert("opprettetEllerEksisterende".to_owned(), json!(made_or_known(made)));
    if unit.type_name() == Some("saksmappe") {
        receipt.insert("@type".to_owned(), json!("saksmappeKvittering"));
    }
    Value::Object(receipt)
}

pub(super) fn registrering(unit: &Unit, made: bool) -> Value {
    let mut receipt = kept(&unit.doc, &REGISTRERING);
    receipt.insert("opprettetEllerEksisterende".to_owned(), json!(made_or_known(made)));
    if unit.type_name() == Some("journalpost") {
        receipt.insert("@type".to_owned(), json!("journalpostKvittering"));
    }
    let described = unit.doc.get("dokumentbeskrivelse").and_then(Value::as_array);
    if let Some(described) = described.filter(|described| !described.is_empty()) {
        let receipts = described.iter().map(|described| Value::Object(document(described))).collect();
        receipt.insert("dokumentbeskrivelseKvittering".to_owned(), Value::Array(receipts));
    }
    Value::Object(receipt)
}

fn document(described: &Value) -> Map<String, Value> {
    let mut receipt = kept(described, &["systemID", "opprettetDato", "opprettetAv", "dokumentnummer"]);
    let members = ["systemID", "versjonsnummer", "variantformat", "opprettetDato", "opprettetAv"];
    let objects = described.get("dokumentobjekt").and_then(Value::as_array).into_iter().flatten();
    let objects: Vec<Value> = objects.map(|object| Value::Object(kept(object, &members))).collect();
    if !objects.is_empty() {
        receipt.insert("dokumentobjekt".to_owned(), Value::Array(objects));
    }
    receipt
}

fn made_or_known(made: bool) -> &'static str {
    if made { "Opprettet" } else { "Eksisterende" }
}

/// Some members of a document.
pub(crate) fn kept(doc: &Value, members: &[&str]) -> Map<String, Value> {
    let found = members.iter().filter_map(|member| Some(((*member).to_owned(), doc.get(*member)?.clone())));
    found.collect()
}

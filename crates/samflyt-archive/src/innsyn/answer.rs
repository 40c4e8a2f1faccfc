//! Units as answers have them: with their place, with the parts that were asked for, and nothing that a schema does not know.

use std::collections::BTreeSet;

use samflyt_noark::fiks::arkivstruktur::{moete, registrering};
use samflyt_noark::grammar::{Complex, Content, Element, unnamed};
use samflyt_noark::unit::{Kind, Unit};
use samflyt_noark::write::TYPE;
use samflyt_projection::StoreError;
use serde_json::{Map, Value, json};

use crate::records::Records;

/// The types of an element `registrering`.
pub(crate) static REGISTRERINGER: &[&Complex] = &[
    &registrering::REGISTRERING,
    &moete::MOETESAK,
    &moete::MOETEDOKUMENT,
    &registrering::JOURNALPOST,
    &registrering::ARKIVNOTAT,
];

/// What of an answer's optional parts was asked for (`inkluder`).
#[derive(Debug, Default)]
pub(crate) struct Included(BTreeSet<String>);

/// Every part that some request can ask for, as `inkluder` names it and as documents do. Others are always there.
const OPTIONAL: [(&str, &str); 9] = [
    ("merknad", "merknad"),
    ("noekkelord", "noekkelord"),
    ("kryssreferanse", "kryssreferanse"),
    ("klasse", "klassifikasjon"),
    ("part", "part"),
    ("presedens", "presedens"),
    ("moetedeltaker", "moetedeltaker"),
    ("dokumentflyt", "dokumentflyt"),
    ("korrespondansepart", "korrespondansepart"),
];

impl Included {
    /// Of a request or a sokdefinisjon. Where nothing is named, everything is included.
    pub fn of(request: &Value) -> Self {
        let named = request.get("inkluder").and_then(Value::as_array).into_iter().flatten();
        Self(named.filter_map(Value::as_str).map(str::to_owned).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Takes the parts away that were not asked for. A part within a part brings the outer one with it.
    pub fn limit(&self, doc: &mut Value) {
        let Some(members) = doc.as_object_mut().filter(|_| !self.0.is_empty()) else { return };
        for (name, member) in OPTIONAL {
            let carries = name == "korrespondansepart" && self.has("avskrivning");
            if !self.has(name) && !carries {
                members.remove(member);
            }
        }
        each(members, "korrespondansepart", |party| {
            if !self.has("avskrivning") {
                party.remove("avskrivning");
            }
        });
        if !self.has("dokumentbeskrivelse") && !self.has("dokumentobjekt") {
            members.remove("dokumentbeskrivelse");
        }
        each(members, "dokumentbeskrivelse", |described| self.limit_document(described));
    }

    /// A dokumentbeskrivelse, by itself or in its registrering.
    pub fn limit_document(&self, described: &mut Map<String, Value>) {
        if !self.0.is_empty() && !self.has("dokumentobjekt") {
            described.remove("dokumentobjekt");
        }
    }
}

fn each(members: &mut Map<String, Value>, list: &str, mut work: impl FnMut(&mut Map<String, Value>)) {
    let items = members.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
    items.filter_map(Value::as_object_mut).for_each(&mut work);
}

/// Says where a mappe or registrering is.
///
/// # Errors
/// Where the records cannot be read.
pub(crate) fn place(records: &Records, unit: &Unit, shown: &mut Value) -> Result<(), StoreError> {
    let Some(members) = shown.as_object_mut() else { return Ok(()) };
    let parent = unit.parent.as_ref().map_or(Ok(None), |parent| records.unit(Kind::Mappe, parent))?;
    if let Some(parent) = &parent {
        let name = match unit.kind {
            Kind::Mappe => "referanseForeldermappe",
            _ => "referanseForelderMappe",
        };
        members.insert(name.to_owned(), reference_to(&parent.unit));
    }
    // Of a registrering the schema takes one of both.
    if parent.is_none() || unit.kind == Kind::Mappe {
        let arkivdel = unit.arkivdel.as_ref().map_or(Ok(None), |id| records.unit(Kind::Arkivdel, id))?;
        if let Some(arkivdel) = arkivdel {
            let (code, title) = (arkivdel.unit.text("/kode"), arkivdel.unit.text("/tittel"));
            members.insert("arkivdel".to_owned(), json!({"kode": code, "beskrivelse": title}));
        }
    }
    Ok(())
}

fn reference_to(mappe: &Unit) -> Value {
    let mut reference = Map::new();
    reference.insert("systemID".to_owned(), json!(mappe.system_id));
    if let Some(id) = mappe.doc.get("mappeID") {
        reference.insert("mappeID".to_owned(), id.clone());
    }
    if let (Some(year), Some(number)) = (mappe.doc.get("saksaar"), mappe.doc.get("sakssekvensnummer")) {
        reference.insert("saksnummer".to_owned(), json!({"saksaar": year, "sakssekvensnummer": number}));
    }
    Value::Object(reference)
}

/// A document as the derived type that its `@type` names, with a suffix (`saksmappe` + `Minimum`), where that is one of the
/// types; else as the first of them.
pub(crate) fn typed(types: &[&'static Complex], suffix: &str, doc: &Value) -> Value {
    let name = doc.get(TYPE).and_then(Value::as_str).map(|name| format!("{name}{suffix}"));
    let Some(first) = types.first() else { return Value::Null };
    let of = types.iter().find(|of| Some(of.name) == name.as_deref()).unwrap_or(first);
    let mut shown = project(of, doc);
    if let Some(members) = shown.as_object_mut() {
        members.remove(TYPE);
        if of.name != first.name {
            members.insert(TYPE.to_owned(), json!(of.name));
        }
    }
    shown
}

/// What of a document a type knows. Records keep more than some answers have.
pub(crate) fn project(of: &'static Complex, doc: &Value) -> Value {
    let mut shown = Map::new();
    let mut chosen = BTreeSet::new();
    for (_, element) in of.all() {
        let value = doc.get(element.name).map(|value| projected(element, value));
        let empty = matches!(&value, Some(Value::Array(items)) if items.is_empty());
        let Some(value) = value.filter(|_| !empty).or_else(|| unknown(element)) else { continue };
        if element.choice == 0 || chosen.insert(element.choice) {
            shown.insert(element.name.to_owned(), value);
        }
    }
    Value::Object(shown)
}

/// Required in answers, and not where it is given: who is responsible, or what a part is, may not be known.
fn unknown(element: &Element) -> Option<Value> {
    match element.name {
        "administrativEnhet" | "saksansvarlig" if element.required => Some(json!({})),
        "partRolle" if element.required => Some(json!({"kode": ""})),
        _ => None,
    }
}

fn projected(element: &'static Element, value: &Value) -> Value {
    match (&element.content, value) {
        (Content::Text(_) | Content::Any, _) => value.clone(),
        (_, Value::Array(items)) => items.iter().map(|item| within(&element.content, item)).collect(),
        (content, _) => within(content, value),
    }
}

fn within(content: &'static Content, value: &Value) -> Value {
    match content {
        Content::Complex(of) | Content::Repeated(of) => project(of, value),
        Content::Derived(types) => {
            let name = value.get(TYPE).and_then(Value::as_str);
            let named = types.iter().copied().find(|of| Some(of.name) == name);
            let Some(of) = named.or_else(|| unnamed(types)) else { return Value::Null };
            let mut shown = project(of, value);
            if let (Some(members), Some(named)) = (shown.as_object_mut(), named) {
                members.insert(TYPE.to_owned(), json!(named.name));
            }
            shown
        }
        Content::Text(_) | Content::Any => value.clone(),
    }
}

//! What a document shows to who may not see all of it.
//!
//! Of a shielded unit only what is named here is shown: a member that the standard gets later is hidden until it is added.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Shield, Sight, Viewer};

/// What stands where something is hidden.
pub(crate) const HIDDEN: &str = "*****";

/// Members of a mappe or registrering that say nothing of what is shielded.
const SHOWN: [&str; 43] = [
    "@type",
    "systemID",
    "mappeID",
    "registreringsID",
    "offentligTittel",
    "dokumentmedium",
    "opprettetDato",
    "opprettetAv",
    "avsluttetDato",
    "avsluttetAv",
    "arkivertDato",
    "arkivertAv",
    "arkivdel",
    "kassasjon",
    "skjerming",
    "gradering",
    "mappetype",
    "saksaar",
    "sakssekvensnummer",
    "saksdato",
    "administrativEnhet",
    "saksansvarlig",
    "journalenhet",
    "saksstatus",
    "journalaar",
    "journalsekvensnummer",
    "journalpostnummer",
    "journalposttype",
    "journalstatus",
    "journaldato",
    "dokumentetsDato",
    "mottattDato",
    "sendtDato",
    "forfallsdato",
    "offentlighetsvurdertDato",
    "antallVedlegg",
    "moetenummer",
    "utvalg",
    "moetedato",
    "moetesakstype",
    "moetesaksaar",
    "moetesakssekvensnummer",
    "moetedokumenttype",
];
const SHOWN_OF_DOCUMENT: [&str; 13] = [
    "systemID",
    "dokumenttype",
    "dokumentstatus",
    "opprettetDato",
    "opprettetAv",
    "dokumentmedium",
    "arkivdel",
    "tilknyttetRegistreringSom",
    "dokumentnummer",
    "tilknyttetDato",
    "tilknyttetAv",
    "skjerming",
    "gradering",
];
const SHOWN_OF_PARTY: [&str; 4] =
    ["partRolle", "korrespondanseparttype", "erSkjermet", "erBehandlingsansvarlig"];
const SHOWN_OF_AVSKRIVNING: [&str; 3] = ["avskrivningsdato", "avskrevetAv", "avskrivningsmaate"];

/// Whether a party, remark or klassifikasjon is shielded by itself.
pub(crate) fn part_is_secret(part: &Value) -> bool {
    part.get("erSkjermet") == Some(&Value::Bool(true))
}

impl Viewer {
    /// A unit's document as it may see it. `identity`: the klassifikasjonssystemer whose classes are persons.
    pub fn shield(&self, doc: &Value, sight: Sight, identity: &BTreeSet<String>) -> Value {
        let Some(members) = doc.as_object().filter(|_| sight != Sight::Whole) else { return doc.clone() };
        let masked = sight >= Sight::Masked;
        let mut shown = if masked { kept(members, &SHOWN) } else { members.clone() };
        if masked {
            shown.insert("tittel".to_owned(), public_title(members));
        }
        let secrets = sight == Sight::Cleared;
        for name in ["part", "korrespondansepart"] {
            let party = |party: &Value| {
                if masked || !secrets && part_is_secret(party) { hide_party(party) } else { party.clone() }
            };
            set(&mut shown, name, list(members, name).map(party));
        }
        let remarks = list(members, "merknad").filter(|one| !masked && (secrets || !part_is_secret(one)));
        set(&mut shown, "merknad", remarks.cloned());
        let classes =
            list(members, "klassifikasjon").filter(|one| secrets || !is_secret_class(one, identity));
        set(&mut shown, "klassifikasjon", classes.cloned());
        let documents = list(members, "dokumentbeskrivelse").map(|one| self.shield_document(one, sight));
        set(&mut shown, "dokumentbeskrivelse", documents);
        for (name, inner) in [("utredning", "utredningsdokumenter"), ("vedtak", "vedtaksdokumenter")] {
            if let Some(Value::Object(of_meeting)) = shown.get_mut(name) {
                let documents: Vec<Value> =
                    list(of_meeting, inner).map(|one| self.shield_document(one, sight)).collect();
                set(of_meeting, inner, documents.into_iter());
            }
        }
        Value::Object(shown)
    }

    /// A dokumentbeskrivelse of a unit that it sees so.
    pub fn shield_document(&self, doc: &Value, of_unit: Sight) -> Value {
        let sight = self.sight_of_document(&Shield::of(doc), of_unit);
        let Some(members) = doc.as_object().filter(|_| sight != Sight::Whole) else { return doc.clone() };
        if sight >= Sight::Masked {
            let mut shown = kept(members, &SHOWN_OF_DOCUMENT);
            shown.insert("tittel".to_owned(), json!(HIDDEN));
            return Value::Object(shown);
        }
        let mut shown = members.clone();
        let secrets = sight == Sight::Cleared;
        let party =
            |party: &Value| if !secrets && part_is_secret(party) { hide_party(party) } else { party.clone() };
        set(&mut shown, "part", list(members, "part").map(party));
        let remarks = list(members, "merknad").filter(|one| secrets || !part_is_secret(one));
        set(&mut shown, "merknad", remarks.cloned());
        Value::Object(shown)
    }

    /// How much it sees of a dokumentbeskrivelse with this shield.
    pub fn sight_of_document(&self, shield: &Shield, of_unit: Sight) -> Sight {
        match of_unit {
            Sight::Whole => Sight::Whole,
            _ => super::combined(self.through(shield), of_unit),
        }
    }
}

/// A klassifikasjon that not everybody may see.
fn is_secret_class(class: &Value, identity: &BTreeSet<String>) -> bool {
    let system = class.get("klassifikasjonssystemID").and_then(Value::as_str).unwrap_or_default();
    part_is_secret(class) || identity.contains(system)
}

fn public_title(members: &Map<String, Value>) -> Value {
    members.get("offentligTittel").cloned().unwrap_or_else(|| json!(HIDDEN))
}

fn kept(members: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let named = |name: &&str| Some(((*name).to_owned(), members.get(*name)?.clone()));
    names.iter().filter_map(named).collect()
}

fn list<'v>(members: &'v Map<String, Value>, name: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    members.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Sets a list; one without items is left out.
fn set(shown: &mut Map<String, Value>, name: &str, items: impl Iterator<Item = Value>) {
    let items: Vec<Value> = items.collect();
    if items.is_empty() {
        shown.remove(name);
    } else {
        shown.insert(name.to_owned(), Value::Array(items));
    }
}

/// A party without who it is. Its id may be one that a system made of who it is.
fn hide_party(party: &Value) -> Value {
    let Some(members) = party.as_object() else { return Value::Null };
    let mut shown = kept(members, &SHOWN_OF_PARTY);
    let is_korrespondansepart = members.contains_key("korrespondansepartNavn");
    let name = if is_korrespondansepart { "korrespondansepartNavn" } else { "partNavn" };
    shown.insert(name.to_owned(), json!(HIDDEN));
    if is_korrespondansepart {
        shown.insert("korrespondansepartID".to_owned(), json!(HIDDEN));
    }
    let written_off = list(members, "avskrivning").filter_map(Value::as_object);
    set(&mut shown, "avskrivning", written_off.map(|one| Value::Object(kept(one, &SHOWN_OF_AVSKRIVNING))));
    Value::Object(shown)
}

#[cfg(test)]
mod tests;

//! By which names units are found, and by which class.

use samflyt_noark::unit::{Kind, Unit};
use serde_json::Value;

use super::Seal;
use super::fold::list;

/// A name by which a unit is found: never in clear in a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Label {
    words: Vec<String>,
    /// The systemID that it leads to.
    pub target: String,
}

impl Label {
    fn new(target: &str, words: &[&str]) -> Self {
        Self { words: words.iter().map(|word| (*word).to_owned()).collect(), target: target.to_owned() }
    }

    pub fn hash(&self, seal: &Seal) -> [u8; 16] {
        seal.look_up(&self.words.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// The names of units.
pub(crate) struct Labels;

impl Labels {
    pub fn of(unit: &Unit) -> Vec<Label> {
        let id = unit.system_id.as_str();
        let mut labels = Vec::new();
        if let Some((fagsystem, noekkel)) = external_key(&unit.doc) {
            labels.push(Label::new(id, &["key", kind_word(unit.kind), fagsystem, noekkel]));
        }
        let system = unit.text("/klassifikasjonssystem").unwrap_or_default();
        let named = match unit.kind {
            Kind::Arkiv => None,
            Kind::Arkivdel => unit.text("/kode").map(|code| vec!["arkivdel", code]),
            Kind::Klassifikasjonssystem => {
                unit.text("/klassifikasjonssystemID").map(|id| vec!["klassifikasjonssystem", id])
            }
            Kind::Klasse => unit.text("/klasseID").map(|class| vec!["klasse", system, class]),
            Kind::Mappe => unit.text("/mappeID").map(|id| vec!["mappeID", id]),
            Kind::Registrering => unit.text("/registreringsID").map(|id| vec!["registreringsID", id]),
        };
        labels.extend(named.map(|words| Label::new(id, &words)));
        for described in list(&unit.doc, "dokumentbeskrivelse") {
            let target = described.get("systemID").and_then(Value::as_str);
            if let (Some(target), Some((fagsystem, noekkel))) = (target, external_key(described)) {
                labels.push(Label::new(target, &["key", "dokumentbeskrivelse", fagsystem, noekkel]));
            }
        }
        labels
    }
}

pub(super) fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Mappe => "mappe",
        Kind::Registrering => "registrering",
        _ => "other",
    }
}

/// `referanseEksternNoekkel` of a document.
pub(crate) fn external_key(doc: &Value) -> Option<(&str, &str)> {
    let key = doc.get("referanseEksternNoekkel")?;
    Some((key.get("fagsystem")?.as_str()?, key.get("noekkel")?.as_str()?))
}

/// The class that a mappe or a registrering is in first: the ids of its klassifikasjonssystem and of the class.
pub(crate) fn first_class(doc: &Value) -> Option<(&str, &str)> {
    let first = doc.pointer("/klassifikasjon/0")?;
    let system = first.get("klassifikasjonssystemID").and_then(Value::as_str).unwrap_or_default();
    Some((system, first.get("klasseID")?.as_str()?))
}

/// A class in a key; all zeros for none.
pub(crate) fn class_hash(seal: &Seal, class: Option<(&str, &str)>) -> [u8; 16] {
    class.map_or([0; 16], |(system, class)| seal.look_up(&["placed", system, class]))
}

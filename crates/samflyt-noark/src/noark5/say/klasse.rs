//! Klassifikasjonssystem and klasse.

use serde_json::{Value, json};

use super::felles::{gradering, kassasjon, kryssreferanser, skjerming};
use crate::noark5::Extraction;
use crate::noark5::said::Said;

/// A klassifikasjonssystem, without its classes.
pub fn klassifikasjonssystem(doc: &Value) -> Value {
    Said::of(doc)
        .same(&["systemID", "tittel", "beskrivelse", "opprettetDato", "opprettetAv"])
        .same(&["avsluttetDato", "avsluttetAv"])
        .words(&["klassifikasjonstype"])
        .done()
}

/// A klasse, without what it holds.
pub fn klasse(doc: &Value, system_id: &str, extraction: &Extraction<'_>) -> Value {
    let end = doc.get("avsluttetDato").and_then(Value::as_str).unwrap_or(extraction.at);
    let (references, _) = kryssreferanser(doc, extraction);
    Said::of(doc)
        .with("systemID", Some(json!(system_id)))
        .same(&["klasseID", "tittel", "beskrivelse", "noekkelord", "opprettetDato", "opprettetAv"])
        .same(&["avsluttetDato", "avsluttetAv"])
        .all("kryssreferanse", references)
        .one("kassasjon", |of| kassasjon(of, end))
        .one("skjerming", |of| skjerming(of, &[json!("Skjerming tittel klasse")], None))
        .one("gradering", gradering)
        .done()
}

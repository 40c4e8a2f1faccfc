//! Arkiv and arkivdel.

use serde_json::{Value, json};

use super::felles::{gradering, kassasjon, skjerming, sletting, utfoert_kassasjon};
use crate::noark5::Extraction;
use crate::noark5::said::Said;

/// An arkiv, without what it holds.
pub fn arkiv(doc: &Value, extraction: &Extraction<'_>) -> Value {
    Said::of(doc)
        .same(&["systemID", "tittel", "beskrivelse", "opprettetDato", "opprettetAv"])
        .same(&["avsluttetDato", "avsluttetAv"])
        .words(&["arkivstatus", "dokumentmedium"])
        .required(&["avsluttetDato"], extraction.at)
        .required(&["avsluttetAv"], extraction.by)
        .each("arkivskaper", arkivskaper)
        .done()
}

pub(super) fn arkivskaper(doc: &Value) -> Value {
    Said::of(doc).same(&["arkivskaperID", "arkivskaperNavn", "beskrivelse"]).done()
}

/// An arkivdel, without what it holds.
pub fn arkivdel(doc: &Value, extraction: &Extraction<'_>) -> Value {
    let end = doc.get("avsluttetDato").and_then(Value::as_str).unwrap_or(extraction.at);
    Said::of(doc)
        .same(&["systemID", "tittel", "beskrivelse", "opprettetDato", "opprettetAv"])
        .same(&["avsluttetDato", "avsluttetAv", "arkivperiodeStartDato", "arkivperiodeSluttDato"])
        .same(&["referanseForloeper", "referanseArvtaker"])
        .words(&["arkivdelstatus", "dokumentmedium"])
        .required(&["avsluttetDato"], extraction.at)
        .required(&["avsluttetAv"], extraction.by)
        .required(&["arkivdelstatus"], "Aktiv periode")
        .one("kassasjon", |of| kassasjon(of, end))
        .one("utfoertKassasjon", utfoert_kassasjon)
        .one("sletting", sletting)
        .one("skjerming", |of| skjerming(of, &[json!("Skjerming av arkivdelen")], None))
        .one("gradering", gradering)
        .done()
}

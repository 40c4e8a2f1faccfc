//! Mapper.

use serde_json::{Value, json};

use super::beyond::beyond;
use super::felles::{gradering, hidden, kassasjon, kryssreferanser, merknad, part, presedens, skjerming};
use super::moete::moetedeltaker;
use crate::noark5::Extraction;
use crate::noark5::said::{Said, text};
use crate::write::TYPE;

/// What the extraction's schema has no element for.
const BEYOND: [&str; 7] =
    ["mappetype", "matrikkelnummer", "byggident", "planident", "punkt", "adresse", "referanseEksternNoekkel"];

/// A mappe of whatever type, without what it holds. `secondary`: the systemIDs of the classes that it is in besides the
/// first.
pub fn mappe(doc: &Value, secondary: &[String], extraction: &Extraction<'_>) -> Value {
    let end = text(doc, "avsluttetDato").unwrap_or(extraction.at);
    let (references, remarks) = kryssreferanser(doc, extraction);
    let said = Said::of(doc)
        .same(&["systemID", "mappeID", "tittel", "offentligTittel", "beskrivelse", "noekkelord"])
        .words(&["dokumentmedium"])
        .same(&["opprettetDato", "opprettetAv", "avsluttetDato", "avsluttetAv"])
        .required(&["avsluttetDato"], extraction.at)
        .required(&["avsluttetAv"], extraction.by)
        .with("virksomhetsspesifikkeMetadata", beyond(doc, &BEYOND))
        .each("part", part)
        .all("kryssreferanse", references)
        .each("merknad", |one| merknad(one, extraction))
        .all("merknad", remarks)
        .one("kassasjon", |of| kassasjon(of, end))
        .one("skjerming", |of| skjerming(of, &hidden(doc, "mappe"), None))
        .one("gradering", gradering);
    match text(doc, TYPE) {
        Some("saksmappe") => saksmappe(said, secondary).done(),
        Some("moetemappe") => moetemappe(said).done(),
        _ => said.done(),
    }
}

fn saksmappe<'d>(said: Said<'d>, secondary: &[String]) -> Said<'d> {
    said.with(TYPE, Some(json!("saksmappe")))
        .same(&["saksaar", "sakssekvensnummer", "saksdato", "journalenhet"])
        .names(&["administrativEnhet", "saksansvarlig"])
        .words(&["saksstatus"])
        .all("referanseSekundaerKlassifikasjon", secondary.iter().map(|id| json!(id)).collect())
        .each("presedens", presedens)
}

fn moetemappe(said: Said<'_>) -> Said<'_> {
    said.with(TYPE, Some(json!("moetemappe")))
        .same(&["moetenummer", "moetedato", "moetested", "referanseForrigeMoete", "referanseNesteMoete"])
        .names(&["utvalg"])
        .each("moetedeltaker", moetedeltaker)
}

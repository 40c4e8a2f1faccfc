//! Registreringer.

use serde_json::{Value, json};

use super::beyond::beyond;
use super::dokument::dokumentbeskrivelse;
use super::felles::{
    ADDRESS, elektronisk_signatur, gradering, hidden, kassasjon, kryssreferanser, land, merknad, part,
    presedens, skjerming,
};
use super::moete::moeteregistrering;
use crate::noark5::Extraction;
use crate::noark5::said::{NOT_SAID, Said, list, name, text};
use crate::unit::Kind;
use crate::write::TYPE;

const HIDDEN_DOCUMENT: &str = "Skjerming av hele dokumentet";

/// A registrering of whatever type, with its documents.
pub fn registrering(doc: &Value, extraction: &Extraction<'_>) -> Value {
    let end = text(doc, "arkivertDato").unwrap_or(extraction.at);
    let (references, remarks) = kryssreferanser(doc, extraction);
    let said = Said::of(doc)
        .same(&["systemID", "opprettetDato", "opprettetAv", "arkivertDato", "arkivertAv"])
        .required(&["arkivertDato"], extraction.at)
        .required(&["arkivertAv"], extraction.by)
        .each("part", part)
        .one("kassasjon", |of| kassasjon(of, end))
        .one("skjerming", |of| skjerming(of, &hidden(doc, "registrering"), Some(HIDDEN_DOCUMENT)))
        .one("gradering", gradering)
        .each("dokumentbeskrivelse", |one| dokumentbeskrivelse(one, extraction))
        .same(&["registreringsID", "tittel", "offentligTittel", "beskrivelse", "noekkelord", "forfatter"])
        .words(&["dokumentmedium"])
        .with("virksomhetsspesifikkeMetadata", beyond(doc, &["klassifikasjon", "referanseEksternNoekkel"]))
        .each("merknad", |one| merknad(one, extraction))
        .all("merknad", remarks)
        .all("kryssreferanse", references)
        .each("korrespondansepart", korrespondansepart);
    match text(doc, TYPE) {
        Some("journalpost") => journalpost(said, doc, extraction).done(),
        Some("arkivnotat") => arkivnotat(said).done(),
        Some("moetesak" | "moetedokument") => moeteregistrering(said, doc, extraction).done(),
        _ => said.done(),
    }
}

const DATES: [&str; 6] = [
    "dokumentetsDato",
    "mottattDato",
    "sendtDato",
    "forfallsdato",
    "offentlighetsvurdertDato",
    "antallVedlegg",
];

fn journalpost<'d>(said: Said<'d>, doc: &'d Value, extraction: &Extraction<'_>) -> Said<'d> {
    said.with(TYPE, Some(json!("journalpost")))
        .same(&["journalaar", "journalsekvensnummer", "journalpostnummer", "journaldato", "journalenhet"])
        .words(&["journalposttype", "journalstatus"])
        .same(&DATES)
        .all("avskrivning", avskrivninger(doc, extraction))
        .each("dokumentflyt", dokumentflyt)
        .each("presedens", presedens)
        .one("elektroniskSignatur", elektronisk_signatur)
}

fn arkivnotat(said: Said<'_>) -> Said<'_> {
    said.with(TYPE, Some(json!("arkivnotat"))).same(&DATES).each("dokumentflyt", dokumentflyt)
}

fn korrespondansepart(doc: &Value) -> Value {
    let named = |member: &str| doc.get(member).and_then(name).map(Value::from);
    Said::of(doc)
        .words(&["korrespondanseparttype"])
        .same(&["korrespondansepartNavn"])
        .required(&["korrespondanseparttype", "korrespondansepartNavn"], NOT_SAID)
        .same(&ADDRESS)
        .with("land", land(doc))
        .with("administrativEnhet", named("administrativEnhet"))
        .with("saksbehandler", named("saksbehandler"))
        .done()
}

/// Fiks Arkiv has them at each korrespondansepart, the extraction once at the journalpost.
pub(super) fn avskrivninger(doc: &Value, extraction: &Extraction<'_>) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for written in list(doc, "korrespondansepart").iter().flat_map(|part| list(part, "avskrivning")) {
        let by = written.get("referanseAvskrivesAvJournalpost");
        let by = by.and_then(|to| (extraction.find)(Kind::Registrering, to));
        let said = Said::of(written)
            .same(&["avskrivningsdato"])
            .names(&["avskrevetAv"])
            .words(&["avskrivningsmaate"])
            .with("referanseAvskrivesAvJournalpost", by.map(Value::from))
            .done();
        if !all.contains(&said) {
            all.push(said);
        }
    }
    all
}

fn dokumentflyt(doc: &Value) -> Value {
    Said::of(doc)
        .same(&["flytTil", "flytFra", "flytMottattDato", "flytSendtDato", "flytMerknad"])
        .words(&["flytStatus"])
        .done()
}

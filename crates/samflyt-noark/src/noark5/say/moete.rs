//! What belongs to meetings: Fiks Arkiv's *moetesak* and *moetedokument* are the standard's *moeteregistrering*.

use serde_json::{Value, json};

use super::felles::remark;
use crate::noark5::Extraction;
use crate::noark5::said::{NOT_SAID, Said, list, name, text};
use crate::noark5::words;
use crate::write::TYPE;

pub(super) fn moetedeltaker(doc: &Value) -> Value {
    let who = doc.get("identifikator").and_then(name).unwrap_or(NOT_SAID);
    let function = doc.get("funksjon").and_then(|code| words::word("moetedeltakerFunksjon", code));
    Said::of(doc)
        .with("moetedeltakerNavn", Some(json!(who)))
        .with("moetedeltakerFunksjon", function.map(Value::from))
        .done()
}

pub(super) fn moeteregistrering<'d>(said: Said<'d>, doc: &'d Value, extraction: &Extraction<'_>) -> Said<'d> {
    let kind = doc.get("moetedokumenttype").and_then(|code| words::word("moeteregistreringstype", code));
    said.with(TYPE, Some(json!("moeteregistrering")))
        .with("moeteregistreringstype", Some(json!(kind.unwrap_or_else(|| "Saksframlegg".to_owned()))))
        .words(&["moetesakstype"])
        .names(&["administrativEnhet", "saksbehandler"])
        .all("merknad", remarks(doc, extraction))
}

/// The texts of a moetesak, and who voted what.
fn remarks(doc: &Value, extraction: &Extraction<'_>) -> Vec<Value> {
    let texts = [
        ("Saksbeskrivelse", "/utredning/saksbeskrivelse"),
        ("Innstilling", "/utredning/innstilling"),
        ("Innstilling", "/innstilling"),
        ("Vedtak", "/vedtak/vedtakstekst"),
        ("Behandlingsprotokoll", "/vedtak/behandlingsprotokoll"),
    ];
    let said = texts.iter().filter_map(|(kind, at)| {
        let content = doc.pointer(at).and_then(|said| text(said, "tekstInnhold"))?;
        Some(remark(kind, content, extraction))
    });
    let votes = doc.get("vedtak").map_or(&[][..], |decision| list(decision, "votering"));
    let voted = votes.iter().filter_map(|vote| {
        let who = vote.pointer("/moetedeltaker/identifikator").and_then(name).unwrap_or(NOT_SAID);
        Some(remark("Votering", &format!("{who}: {}", text(vote, "stemme")?), extraction))
    });
    said.chain(voted).collect()
}

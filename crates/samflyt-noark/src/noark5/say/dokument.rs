//! Dokumentbeskrivelser, dokumentobjekter, and where their files are.

use serde_json::{Value, json};

use super::felles::{
    elektronisk_signatur, gradering, kassasjon, merknad, part, skjerming, sletting, utfoert_kassasjon,
};
use crate::noark5::Extraction;
use crate::noark5::said::{Said, list, text};

/// The `slettingstype` of an arkivdel whose whole content was deleted.
const ALL_DELETED: &str = "SA";

/// A document's file in the extraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Below the folder of the extraction: `DOKUMENT/<first two>/<systemID>.<ending>`.
    pub path: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    pub size: u64,
    /// The systemID of the dokumentobjekt.
    pub of: String,
}

/// The files of a registrering. What was disposed of has none.
pub fn files(registrering: &Value) -> impl Iterator<Item = File> + '_ {
    let kept =
        list(registrering, "dokumentbeskrivelse").iter().filter(|described| !is_disposed_of(described));
    kept.flat_map(|described| list(described, "dokumentobjekt")).filter_map(file)
}

/// Of what was disposed of, nothing is left to be copied; of what lost versions or variants, the others are.
fn is_disposed_of(described: &Value) -> bool {
    let all_deleted =
        described.pointer("/sletting/slettingstype/kode").and_then(Value::as_str) == Some(ALL_DELETED);
    described.get("utfoertKassasjon").is_some() || all_deleted
}

fn file(object: &Value) -> Option<File> {
    let of = text(object, "systemID")?.to_owned();
    let sha256 = text(object, "sjekksum")?.to_lowercase();
    let size = object.get("filstoerrelse")?.as_u64()?;
    let name = text(object, "filnavn").or_else(|| text(object, "referanseDokumentfil")).unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_plain =
        !ending.is_empty() && ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let ending = if is_plain { ending.to_ascii_lowercase() } else { "bin".to_owned() };
    let folder = of.get(..2).unwrap_or("00");
    Some(File { path: format!("DOKUMENT/{folder}/{of}.{ending}"), sha256, size, of })
}

pub(super) fn dokumentbeskrivelse(doc: &Value, extraction: &Extraction<'_>) -> Value {
    let end = text(doc, "tilknyttetDato").unwrap_or(extraction.at);
    let said = Said::of(doc)
        .same(&["systemID", "tittel", "beskrivelse", "forfatter", "opprettetDato", "opprettetAv"])
        .words(&["dokumenttype", "dokumentstatus", "dokumentmedium", "tilknyttetRegistreringSom"])
        .same(&["dokumentnummer", "tilknyttetDato", "tilknyttetAv"])
        .each("part", part)
        .each("merknad", |one| merknad(one, extraction))
        .one("kassasjon", |of| kassasjon(of, end))
        .one("utfoertKassasjon", utfoert_kassasjon)
        .one("sletting", sletting)
        .one("skjerming", |of| {
            let hidden = [json!("Skjerming tittel dokumentbeskrivelse")];
            skjerming(of, &hidden, Some("Skjerming av hele dokumentet"))
        })
        .one("gradering", gradering)
        .one("elektroniskSignatur", elektronisk_signatur);
    if is_disposed_of(doc) { said.done() } else { said.each("dokumentobjekt", dokumentobjekt).done() }
}

fn dokumentobjekt(doc: &Value) -> Value {
    let file = file(doc);
    Said::of(doc)
        .same(&["systemID", "versjonsnummer", "formatDetaljer", "opprettetDato", "opprettetAv"])
        .words(&["variantformat", "format"])
        .same(&["filstoerrelse"])
        .with("referanseDokumentfil", file.as_ref().map(|file| json!(file.path)))
        .with("sjekksum", file.map(|file| json!(file.sha256)))
        .with("sjekksumAlgoritme", Some(json!("SHA-256")))
        .one("elektroniskSignatur", elektronisk_signatur)
        .each("konvertering", konvertering)
        .done()
}

fn konvertering(doc: &Value) -> Value {
    Said::of(doc)
        .same(&["konvertertDato", "konvertertAv", "konvertertFraFormat", "konvertertTilFormat"])
        .same(&["konverteringsverktoey", "konverteringskommentar"])
        .done()
}

//! Documents and metadata into the hub's archive, which answers itself.

use samflyt_archive::Digest;
use samflyt_events::SystemId;
use serde_json::{Value, json};

use super::house::House;
use super::people::Person;
use super::scribe::{Fact, Scribe, Told};

/// The event type that asks for a deposit.
pub const REQUESTED: &str = "archive.deposit-requested";

/// What a system hands over: an outgoing letter of one of its cases.
pub struct Handover<'a> {
    pub system: &'a SystemId,
    pub case: &'a str,
    pub title: &'a str,
    pub recipient: &'a Person,
    /// The provision that it is exempt from public access by.
    pub screening: Option<&'static str>,
}

/// Writes the letter, and asks for its deposit.
pub fn deposit(
    scribe: &mut Scribe,
    house: &House<'_>,
    cause: &Told,
    handover: &Handover<'_>,
) -> Option<Told> {
    let deposit = scribe.number(house, &format!("D-{}-2026-", house.tenant.municipality_number));
    let letters: Vec<Vec<u8>> =
        (0..scribe.chance.within(1..=3)).map(|nth| letter(scribe, handover, &deposit, nth)).collect();
    let described: Vec<Value> = letters.iter().enumerate().map(|(nth, _)| described(handover, nth)).collect();
    let documents = letters.iter().enumerate().map(|(nth, letter)| {
        let sha256 = Digest::of(letter).to_string();
        json!({ "name": file_name(nth), "sha256": sha256, "size": letter.len() })
    });
    let case =
        json!({ "referanseEksternNoekkel": { "fagsystem": handover.system, "noekkel": handover.case } });
    let mut mappe = case.clone();
    mappe["@type"] = "saksmappe".into();
    mappe["tittel"] = handover.title.into();
    let mut registrering = json!({
        "@type": "journalpost", "tittel": handover.title, "referanseForelderMappe": case,
        "referanseEksternNoekkel": { "fagsystem": handover.system, "noekkel": deposit },
        "journalposttype": { "kode": "U" }, "dokumentbeskrivelse": described,
        "korrespondansepart": [{
            "korrespondanseparttype": { "kode": "EM" }, "korrespondansepartNavn": handover.recipient.name,
        }],
    });
    if let Some(law) = handover.screening {
        registrering["skjerming"] =
            json!({ "tilgangsrestriksjon": { "kode": "13" }, "skjermingshjemmel": law });
    }
    let data = json!({
        "arkivmelding": { "mappe": mappe, "registrering": registrering },
        "documents": documents.collect::<Vec<_>>(),
    });
    let at = scribe.after(cause, 1..=15);
    let fact = Fact { system: handover.system, kind: REQUESTED, data };
    let requested = scribe.follow_about(house, cause, at, fact, handover.case)?;
    scribe.letters.entry(house.tenant.id.to_string()).or_default().extend(letters);
    Some(requested)
}

fn file_name(nth: usize) -> String {
    if nth == 0 { "letter.txt".to_owned() } else { format!("attachment-{nth}.txt") }
}

fn described(handover: &Handover<'_>, nth: usize) -> Value {
    let (title, role) = match nth {
        0 => (handover.title.to_owned(), "H"),
        _ => (format!("Attachment {nth}"), "V"),
    };
    json!({
        "tittel": title, "tilknyttetRegistreringSom": { "kode": role },
        "dokumentobjekt": [{
            "variantformat": { "kode": "P" }, "filnavn": file_name(nth), "referanseDokumentfil": file_name(nth),
        }],
    })
}

/// A letter that no other is like. Nobody in it is real.
fn letter(scribe: &mut Scribe, handover: &Handover<'_>, deposit: &str, nth: i64) -> Vec<u8> {
    let lines: Vec<String> = (0..scribe.chance.within(10..=60)).map(|_| scribe.chance.hex(72)).collect();
    let Handover { title, case, .. } = handover;
    format!("{title}\nCase {case}, {deposit}, page {nth}\n\n{}\n", lines.join("\n")).into_bytes()
}

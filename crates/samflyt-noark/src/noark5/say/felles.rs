//! What units of several kinds have: parter, merknader, kassasjon, skjerming and the like.

use serde_json::{Map, Value, json};

use super::beyond::beyond;
use crate::noark5::Extraction;
use crate::noark5::said::{NOT_SAID, Said, list, text};
use crate::noark5::words;
use crate::unit::Kind;

pub(super) fn part(doc: &Value) -> Value {
    Said::of(doc)
        .same(&["partID", "partNavn"])
        .words(&["partRolle"])
        .required(&["partNavn", "partRolle"], NOT_SAID)
        .same(&ADDRESS)
        .with("land", land(doc))
        .with("virksomhetsspesifikkeMetadata", beyond(doc, &["organisasjonID", "personID"]))
        .done()
}

pub(super) const ADDRESS: [&str; 6] =
    ["postadresse", "postnummer", "poststed", "epostadresse", "telefonnummer", "kontaktperson"];

pub(super) fn land(doc: &Value) -> Option<Value> {
    doc.get("landkode").and_then(|code| words::word("landkode", code)).map(Value::from)
}

pub(super) fn merknad(doc: &Value, extraction: &Extraction<'_>) -> Value {
    Said::of(doc)
        .same(&["merknadstekst", "merknadsdato", "merknadRegistrertAv"])
        .words(&["merknadstype"])
        .required(&["merknadstekst"], NOT_SAID)
        .required(&["merknadsdato"], extraction.at)
        .required(&["merknadRegistrertAv"], NOT_SAID)
        .done()
}

/// What has no place in the schema of the extraction but shall not be lost: a merknad of its own type.
pub(super) fn remark(kind: &str, said: &str, extraction: &Extraction<'_>) -> Value {
    json!({"merknadstekst": said, "merknadstype": kind, "merknadsdato": extraction.at,
        "merknadRegistrertAv": extraction.by})
}

/// References to other units, and remarks in place of those that lead to nothing in this archive.
pub(super) fn kryssreferanser(doc: &Value, extraction: &Extraction<'_>) -> (Vec<Value>, Vec<Value>) {
    let (mut references, mut remarks) = (Vec::new(), Vec::new());
    for reference in list(doc, "kryssreferanse") {
        let mut said = Map::new();
        for (member, kind) in
            [("referanseTilMappe", Kind::Mappe), ("referanseTilRegistrering", Kind::Registrering)]
        {
            let found = reference.get(member).and_then(|to| (extraction.find)(kind, to));
            said.extend(found.map(|id| (member.to_owned(), json!(id))));
        }
        if let Some(to) = reference.get("referanseTilDokumentbeskrivelse")
            && let Some(id) = (extraction.find)(Kind::Registrering, to)
        {
            said.insert("referanseTilRegistrering".to_owned(), json!(id));
        }
        if said.is_empty() {
            let mut unknown = reference.clone();
            if let Some(members) = unknown.as_object_mut() {
                members.remove("kryssreferanseID");
            }
            remarks.push(remark("Kryssreferanse", &unknown.to_string(), extraction));
        } else {
            references.push(Value::Object(said));
        }
    }
    (references, remarks)
}

/// `end`: from when an arkivdel or a klasse counts, whose records have dates of their own.
pub(super) fn kassasjon(doc: &Value, end: &str) -> Value {
    let years = doc.get("bevaringstid").and_then(Value::as_i64).unwrap_or(0);
    let said = Said::of(doc)
        .words(&["kassasjonsvedtak"])
        .same(&["kassasjonshjemmel", "bevaringstid", "kassasjonsdato"])
        .required(&["kassasjonsvedtak"], "Vurderes senere");
    let said = said.with("bevaringstid", Some(json!(years)));
    said.required(&["kassasjonsdato"], &years_after(end, years)).done()
}

/// The date that many years after a date or moment, as `xs:date`.
fn years_after(moment: &str, years: i64) -> String {
    let date = moment.get(..10).unwrap_or(moment);
    let (year, rest) = date.split_at_checked(4).unwrap_or((date, ""));
    let year = year.parse::<i64>().unwrap_or(0) + years;
    // There is no leap day in most years.
    let rest = if rest == "-02-29" { "-02-28" } else { rest };
    format!("{year:04}{rest}")
}

pub(super) fn utfoert_kassasjon(doc: &Value) -> Value {
    Said::of(doc).same(&["kassertDato", "kassertAv"]).required(&["kassertAv"], NOT_SAID).done()
}

pub(super) fn sletting(doc: &Value) -> Value {
    Said::of(doc).words(&["slettingstype"]).same(&["slettetDato", "slettetAv"]).done()
}

/// `hidden`: which metadata are hidden; `document`: how much of the document is.
pub(super) fn skjerming(doc: &Value, hidden: &[Value], document: Option<&str>) -> Value {
    Said::of(doc)
        .words(&["tilgangsrestriksjon"])
        .same(&["skjermingshjemmel", "skjermingOpphoererDato"])
        .required(&["tilgangsrestriksjon", "skjermingshjemmel"], NOT_SAID)
        .with("skjermingMetadata", Some(Value::Array(hidden.to_vec())))
        .with("skjermingDokument", document.map(|said| json!(said)))
        .done()
}

/// Which metadata of a mappe or a registrering are hidden, in the standard's words (M502).
pub(super) fn hidden(doc: &Value, what: &str) -> Vec<Value> {
    let part = if text(doc, "offentligTittel").is_some() { " - utvalgte ord" } else { "" };
    let mut hidden = vec![json!(format!("Skjerming tittel {what}{part}"))];
    let is_hidden = |one: &&Value| one.get("erSkjermet") == Some(&Value::Bool(true));
    if list(doc, "part").iter().any(|one| is_hidden(&one)) {
        hidden.push(json!("Skjerming navn part i sak"));
    }
    if list(doc, "korrespondansepart").iter().any(|one| is_hidden(&one)) {
        hidden.push(json!("Skjerming navn avsender og mottaker"));
    }
    hidden
}

pub(super) fn gradering(doc: &Value) -> Value {
    Said::of(doc)
        .words(&["grad"])
        .same(&["graderingsdato", "gradertAv", "nedgraderingsdato", "nedgradertAv"])
        .done()
}

pub(super) fn presedens(doc: &Value) -> Value {
    Said::of(doc)
        .same(&["presedensDato", "opprettetDato", "opprettetAv", "tittel", "beskrivelse"])
        .same(&["presedensHjemmel", "rettskildefaktor", "presedensGodkjentDato", "presedensGodkjentAv"])
        .same(&["avsluttetDato", "avsluttetAv"])
        .words(&["presedensStatus"])
        .done()
}

pub(super) fn elektronisk_signatur(doc: &Value) -> Value {
    Said::of(doc)
        .words(&["elektroniskSignaturSikkerhetsnivaa", "elektroniskSignaturVerifisert"])
        .same(&["verifisertDato", "verifisertAv"])
        .done()
}

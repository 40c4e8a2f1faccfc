//! What may no longer change: the document as it is to be is held against the one that is there.

use samflyt_noark::unit::Unit;
use serde_json::{Map, Value};

use super::{code, status};
use crate::records::decide::Problem;

/// What may change of a mappe that is closed (krav 3.2.2, 3.2.10): nothing that says what it was. That it
/// set a precedent is found out later (krav 2.8.14).
const CLOSED_MAPPE: [&str; 9] = [
    "saksstatus",
    "avsluttetDato",
    "avsluttetAv",
    "merknad",
    "skjerming",
    "kassasjon",
    "kryssreferanse",
    "presedens",
    "referanseEksternNoekkel",
];
/// What may change of a registrering that is archived, withdrawn, or in a mappe that is closed (krav 3.2.14, 3.2.23): who
/// may see it, and what was found out later. Its status has rules of its own.
const ARCHIVED: [&str; 11] = [
    "journalstatus",
    "arkivertDato",
    "arkivertAv",
    "merknad",
    "skjerming",
    "kassasjon",
    "kryssreferanse",
    "presedens",
    "offentligTittel",
    "offentlighetsvurdertDato",
    "referanseEksternNoekkel",
];
/// Of one that is journalført: its type and when (krav 3.2.22, 3.2.24).
const JOURNALFOERT: [&str; 2] = ["journalposttype", "journaldato"];
/// Krav 3.2.22: of an incoming one that is journalført.
const INCOMING: [&str; 1] = ["mottattDato"];
/// Krav 3.2.24: of one that was made here and is ekspedert or journalført.
const OWN: [&str; 4] = ["dokumentetsDato", "sendtDato", "tittel", "korrespondansepart"];
/// What may change of a dokumentbeskrivelse of such a registrering; titles always may (krav 3.2.33).
const ARCHIVED_DOCUMENT: [&str; 5] =
    ["tittel", "merknad", "skjerming", "kassasjon", "referanseEksternNoekkel"];

/// Whether a mappe takes no more registreringer.
pub(in super::super) fn is_closed(mappe: &Unit) -> bool {
    mappe.doc.get("avsluttetDato").is_some() || matches!(mappe.code("saksstatus"), Some("A" | "U"))
}

/// One that is opened again by the same message may change.
pub(super) fn mappe(old: &Unit, new: &Map<String, Value>, at: &str, problems: &mut Vec<Problem>) {
    if !is_closed(old) || !new.contains_key("avsluttetDato") {
        return;
    }
    let advice = "open the mappe again by saksstatus B first";
    refuse(
        &old.doc,
        new,
        |member| !CLOSED_MAPPE.contains(&member),
        "of a mappe that is closed",
        advice,
        (at, problems),
    );
}

/// `in_closed`: its mappe is closed.
pub(super) fn registrering(
    old: &Unit,
    new: &Map<String, Value>,
    in_closed: bool,
    at: &str,
    problems: &mut Vec<Problem>,
) {
    let status = old.code("journalstatus");
    let is_post = old.type_name() == Some("journalpost");
    let archived = is_fixed(old, false);
    if archived || in_closed {
        let what = if archived { "of what is archived or withdrawn" } else { "of what is in a closed mappe" };
        let advice = "send what was found out later as a merknad";
        return refuse(&old.doc, new, |member| !ARCHIVED.contains(&member), what, advice, (at, problems));
    }
    if !is_post || !status::is_journalfoert(status) {
        return;
    }
    let own: &[&str] = if old.code("journalposttype") == Some("I") { &INCOMING } else { &OWN };
    let frozen = |member: &str| JOURNALFOERT.contains(&member) || own.contains(&member);
    let advice =
        "send what was found out later as a merknad, or withdraw it (journalstatus U) and send another";
    refuse(&old.doc, new, frozen, "of what is journalført", advice, (at, problems));
}

/// `fixed`: its registrering is archived, withdrawn, or in a mappe that is closed.
pub(super) fn dokument(
    old: &Value,
    new: &Map<String, Value>,
    fixed: bool,
    at: &str,
    problems: &mut Vec<Problem>,
) {
    if fixed {
        let what = "of a document whose registrering is archived or withdrawn";
        let advice = "send what was found out later as a merknad";
        refuse(old, new, |member| !ARCHIVED_DOCUMENT.contains(&member), what, advice, (at, problems));
    }
    // Krav 3.2.32.
    let was = old.pointer("/dokumentstatus/kode").and_then(Value::as_str);
    if was == Some("F") && code(new, "dokumentstatus") != Some("F") {
        let rule = "is F, and what is finished does not become unfinished";
        problems.push(Problem::new(format!("{at}/dokumentstatus"), rule, "add a new version instead"));
    }
}

/// Whether a registrering is fixed: see [`dokument`].
pub(super) fn is_fixed(unit: &Unit, in_closed: bool) -> bool {
    in_closed
        || match unit.type_name() {
            Some("journalpost") => matches!(unit.code("journalstatus"), Some("A" | "U")),
            _ => unit.doc.get("arkivertDato").is_some(),
        }
}

fn refuse(
    old: &Value,
    new: &Map<String, Value>,
    frozen: impl Fn(&str) -> bool,
    what: &str,
    advice: &str,
    (at, problems): (&str, &mut Vec<Problem>),
) {
    let empty = Map::new();
    let old = old.as_object().unwrap_or(&empty);
    let added = new.keys().filter(|member| !old.contains_key(*member));
    for member in old.keys().chain(added) {
        if old.get(member) != new.get(member) && frozen(member) {
            problems.push(Problem::new(format!("{at}/{member}"), format!("does not change {what}"), advice));
        }
    }
}

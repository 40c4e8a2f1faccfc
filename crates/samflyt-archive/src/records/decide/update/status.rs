//! `journalstatus`: how far a journalpost has come, and what that needs.

use samflyt_noark::unit::Unit;
use serde_json::{Map, Value, json};

use super::{Updating, code};
use crate::records::fold::list;

/// Whether it is ekspedert, journalført or archived: what keeps its number and its date.
pub(super) fn is_journalfoert(status: Option<&str>) -> bool {
    matches!(status, Some("E" | "J" | "A"))
}

impl Updating<'_> {
    /// Takes over a new journalstatus, and what follows from it.
    pub(super) fn status_of_journalpost(
        &mut self,
        doc: &mut Map<String, Value>,
        given: &Value,
        old: &Unit,
        at: &str,
    ) {
        let Some(status) = given.get("journalstatus") else { return };
        let at = format!("{at}/journalstatus");
        doc.insert("journalstatus".to_owned(), status.clone());
        self.advance(doc, old, given.get("journaldato").is_some(), &at);
    }

    /// From the old status to the one that the document has now.
    pub(super) fn advance(&mut self, doc: &mut Map<String, Value>, old: &Unit, is_dated: bool, at: &str) {
        let (was, is) = (old.code("journalstatus"), code(doc, "journalstatus").map(str::to_owned));
        let is = is.as_deref();
        if was == is {
            return;
        }
        match (was, is) {
            (Some("U"), _) => {
                let advice = "send a new journalpost: what is withdrawn stays so";
                self.problem(at, "is U, and does not change any more", advice);
            }
            (Some("A"), Some(to)) if to != "U" => {
                let advice = "withdraw it (U), or leave it archived";
                self.problem(at, "is A, and becomes nothing but U", advice);
            }
            (Some("E" | "J"), Some(to)) if !matches!(to, "E" | "J" | "A" | "U") => {
                let advice = "withdraw it (U) if it should not have been: it keeps its number";
                self.problem(at, "does not go back from what is journalført", advice);
            }
            _ => {}
        }
        if !is_journalfoert(is) {
            return;
        }
        // Krav 3.2.30.
        let described = doc.get("dokumentbeskrivelse").and_then(Value::as_array);
        let unfinished = |one: &&Value| one.pointer("/dokumentstatus/kode") != Some(&json!("F"));
        if described.into_iter().flatten().any(|one| unfinished(&one)) {
            let advice = "set dokumentstatus F on each dokumentbeskrivelse first";
            self.problem(at, "needs documents that are finished", advice);
        }
        if !is_journalfoert(was) && !is_dated {
            doc.insert("journaldato".to_owned(), json!(self.today()));
        }
        // Krav 3.2.18.
        if is == Some("A") {
            let (moment, by) = (self.moment(), self.by.name());
            doc.entry("arkivertDato").or_insert_with(|| json!(moment));
            doc.entry("arkivertAv").or_insert_with(|| json!(by));
        }
    }
}

/// The documents of a registrering that are its main ones.
pub(super) fn main_documents(registrering: &Value) -> usize {
    let described = list(registrering, "dokumentbeskrivelse").iter();
    described.filter(|one| one.pointer("/tilknyttetRegistreringSom/kode") == Some(&json!("H"))).count()
}

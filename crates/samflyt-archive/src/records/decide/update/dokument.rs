//! `dokumentbeskrivelseOppdateringer`: a dokumentbeskrivelse, which is part of its registrering's document.

use serde_json::{Map, Value, json};

use super::super::{edit, find};
use super::lists::{FORFATTER, MERKNAD, PART};
use super::{Updating, code, frozen, plain, single, status};
use crate::records::decide::Trouble;
use crate::records::external_key;
use crate::records::fold::list;

const PLAIN: [&str; 10] = [
    "dokumenttype",
    "dokumentstatus",
    "tittel",
    "opprettetDato",
    "opprettetAv",
    "dokumentmedium",
    "tilknyttetRegistreringSom",
    "dokumentnummer",
    "tilknyttetDato",
    "tilknyttetAv",
];

impl Updating<'_> {
    pub(super) fn dokumentbeskrivelse(&mut self, given: &Value, at: &str) -> Result<(), Trouble> {
        let reference = given.get("referanseTilDokumentbeskrivelse").unwrap_or(&Value::Null);
        let place = format!("{at}/referanseTilDokumentbeskrivelse");
        let (stored, index) = find::dokumentbeskrivelse(self.records, reference, &place)?;
        let old = list(&stored.unit.doc, "dokumentbeskrivelse").get(index).cloned().unwrap_or_default();
        let mut doc = old.as_object().cloned().unwrap_or_default();
        plain(&mut doc, given, &PLAIN);
        single::description(&mut doc, given);
        for listed in [&FORFATTER, &PART, &MERKNAD] {
            self.list(&mut doc, given, listed, at);
        }
        self.access(&mut doc, given, "skjerming", at);
        self.grading(&mut doc, given, "gradering", at);
        self.key_of_document(&mut doc, given, at)?;
        let fixed = frozen::is_fixed(&stored.unit, self.in_closed(&stored)?);
        frozen::dokument(&old, &doc, fixed, at, &mut self.problems);
        if given.get("dokumentstatus").is_some()
            && status::is_journalfoert(stored.unit.code("journalstatus"))
            && code(&doc, "dokumentstatus") != Some("F")
        {
            // Krav 3.2.30.
            let advice = "leave it F: its journalpost is journalført";
            self.problem(format!("{at}/dokumentstatus"), "is of a document that has to be finished", advice);
        }
        let mut whole = stored.unit.doc.clone();
        let described = whole.get_mut("dokumentbeskrivelse").and_then(|all| all.get_mut(index));
        let Some(described) = described else { return Ok(()) };
        *described = Value::Object(doc);
        self.check_together(&mut whole, at);
        self.steps.extend(edit::edited(&stored, &whole));
        Ok(())
    }

    fn key_of_document(
        &mut self,
        doc: &mut Map<String, Value>,
        given: &Value,
        at: &str,
    ) -> Result<(), Trouble> {
        let Some((fagsystem, noekkel)) = external_key(given) else { return Ok(()) };
        let known = self.records.description_by_external_key(fagsystem, noekkel)?;
        if known.is_some_and(|known| doc.get("systemID") != Some(&json!(known))) {
            let at = format!("{at}/referanseEksternNoekkel");
            self.problem(at, "is the key of another dokumentbeskrivelse", "use a key of its own for each");
        }
        doc.insert("referanseEksternNoekkel".to_owned(), json!({"fagsystem": fagsystem, "noekkel": noekkel}));
        Ok(())
    }

    /// One hoveddokument at most, each number once, and as many vedlegg as are said.
    fn check_together(&mut self, whole: &mut Value, at: &str) {
        let main = status::main_documents(whole);
        if main > 1 {
            let advice = "make the other one a vedlegg (V) first";
            self.problem(format!("{at}/tilknyttetRegistreringSom"), "makes a second hoveddokument", advice);
        }
        let all = list(whole, "dokumentbeskrivelse");
        let numbers =
            || all.iter().enumerate().filter_map(|(index, one)| Some((index, one.get("dokumentnummer")?)));
        if numbers().any(|(index, number)| numbers().any(|(other, same)| index < other && number == same)) {
            let at = format!("{at}/dokumentnummer");
            self.problem(at, "is the number of another document of it", "use a number that is free");
        }
        let attachments = all.len() - main;
        if whole.get("antallVedlegg").is_some() {
            whole["antallVedlegg"] = json!(attachments);
        }
    }
}

//! `registreringOppdateringer`: a registrering, journalpost, arkivnotat or moetesak.

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Map, Value, json};

use super::super::{avskrivning, edit, find};
use super::lists::{FORFATTER, KORRESPONDANSEPART, KRYSSREFERANSE, MERKNAD, NOEKKELORD, PART};
use super::{Updating, frozen};
use crate::records::Stored;
use crate::records::decide::Trouble;

const PLAIN: [&str; 20] = [
    "opprettetDato",
    "opprettetAv",
    "arkivertDato",
    "arkivertAv",
    "tittel",
    "offentligTittel",
    "journalposttype",
    "journaldato",
    "dokumentetsDato",
    "mottattDato",
    "sendtDato",
    "forfallsdato",
    "offentlighetsvurdertDato",
    "journalenhet",
    "dokumentflyt",
    "avskrivningsdato",
    "moetesakstype",
    "moetesaksaar",
    "moetesakssekvensnummer",
    "administrativEnhet",
];
const LISTS: [&super::lists::Listed; 6] =
    [&PART, &KRYSSREFERANSE, &NOEKKELORD, &FORFATTER, &MERKNAD, &KORRESPONDANSEPART];

impl Updating<'_> {
    pub(super) fn registrering(&mut self, given: &Value, at: &str) -> Result<(), Trouble> {
        let reference = given.get("referanseTilRegistrering").unwrap_or(&Value::Null);
        let stored = find::registrering(self.records, reference, &format!("{at}/referanseTilRegistrering"))?;
        let arkivdel = self.arkivdel_of(&stored.unit)?;
        let mut doc = self.begin(&stored.unit, given, &PLAIN, &LISTS, at);
        avskrivning::resolve(self.records, &mut doc)?;
        self.access(&mut doc, given, "skjermingOppdateringer", at);
        self.grading(&mut doc, given, "gradering", at);
        self.classes(&mut doc, given, &arkivdel, at)?;
        self.key(&mut doc, given, &stored.unit, at)?;
        self.moetesak(&mut doc, given, at);
        self.status_of_journalpost(&mut doc, given, &stored.unit, at);
        self.check_parts(&doc, &stored.unit, at);
        let in_closed = self.in_closed(&stored)?;
        frozen::registrering(&stored.unit, &doc, in_closed, at, &mut self.problems);
        let step = match given.get("referanseForelderMappe") {
            Some(to) => {
                self.move_registrering(&stored, doc, to, in_closed, &format!("{at}/referanseForelderMappe"))?
            }
            None => edit::edited(&stored, &json!(doc)),
        };
        self.steps.extend(step);
        Ok(())
    }

    /// Krav 2.6.3, for what goes between the municipality and others.
    fn check_parts(&mut self, doc: &Map<String, Value>, old: &Unit, at: &str) {
        let kind = super::code(doc, "journalposttype");
        if !matches!(kind, Some("I" | "U")) || doc.contains_key("korrespondansepart") {
            return;
        }
        if old.doc.get("korrespondansepart").is_some() {
            let advice = "leave one, or add another in the same message";
            let at = format!("{at}/korrespondansepartOppdateringer/slett");
            self.problem(at, "takes the last korrespondansepart away", advice);
        } else if kind != old.code("journalposttype") {
            let rule = "is of a type that has a korrespondansepart, and there is none";
            self.problem(format!("{at}/journalposttype"), rule, "add one in the same message");
        }
    }

    /// Whether the mappe that a registrering is in is closed.
    pub(super) fn in_closed(&self, stored: &Stored) -> Result<bool, Trouble> {
        let parent = stored.unit.parent.as_deref().unwrap_or_default();
        Ok(self.records.unit(Kind::Mappe, parent)?.is_some_and(|mappe| frozen::is_closed(&mappe.unit)))
    }
}

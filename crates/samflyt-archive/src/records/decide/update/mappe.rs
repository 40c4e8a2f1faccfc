//! `mappeOppdateringer`: a mappe, saksmappe or moetemappe.

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Map, Value};

use super::super::{edit, find};
use super::lists::{
    ADRESSE, BYGGIDENT, KRYSSREFERANSE, MATRIKKELNUMMER, MERKNAD, MOETEDELTAKER, NOEKKELORD, PART, PLANIDENT,
    PUNKT,
};
use super::{Updating, frozen};
use crate::records::Stored;
use crate::records::decide::Trouble;

const PLAIN: [&str; 14] = [
    "tittel",
    "offentligTittel",
    "opprettetDato",
    "opprettetAv",
    "mappetype",
    "saksdato",
    "administrativEnhet",
    "saksansvarlig",
    "moetenummer",
    "utvalg",
    "moetedato",
    "moetested",
    "referanseForrigeMoete",
    "referanseNesteMoete",
];
const LISTS: [&super::lists::Listed; 10] = [
    &NOEKKELORD,
    &PART,
    &KRYSSREFERANSE,
    &MERKNAD,
    &MATRIKKELNUMMER,
    &BYGGIDENT,
    &PLANIDENT,
    &PUNKT,
    &ADRESSE,
    &MOETEDELTAKER,
];

impl Updating<'_> {
    pub(super) fn mappe(&mut self, given: &Value, at: &str) -> Result<(), Trouble> {
        let reference = given.get("referanseTilMappe").unwrap_or(&Value::Null);
        let stored = find::mappe(self.records, reference, &format!("{at}/referanseTilMappe"))?;
        let arkivdel = self.arkivdel_of(&stored.unit)?;
        let mut doc = self.begin(&stored.unit, given, &PLAIN, &LISTS, at);
        self.access(&mut doc, given, "skjermingOppdateringer", at);
        self.grading(&mut doc, given, "graderingOppdateringer", at);
        self.classes(&mut doc, given, &arkivdel, at)?;
        self.key(&mut doc, given, &stored.unit, at)?;
        self.status_of_mappe(&mut doc, given, &stored.unit, &arkivdel, at)?;
        frozen::mappe(&stored.unit, &doc, at, &mut self.problems);
        self.emit_mappe(&stored, doc, given, &arkivdel, at)
    }

    fn emit_mappe(
        &mut self,
        stored: &Stored,
        doc: Map<String, Value>,
        given: &Value,
        arkivdel: &Stored,
        at: &str,
    ) -> Result<(), Trouble> {
        let edited = edit::edited(stored, &Value::Object(doc));
        let Some(kode) = given.pointer("/arkivdel/kode").and_then(Value::as_str) else {
            self.steps.extend(edited);
            return Ok(());
        };
        self.move_mappe(stored, edited, kode, arkivdel, &format!("{at}/arkivdel"))
    }

    /// The arkivdel that a unit is in.
    pub(super) fn arkivdel_of(&self, unit: &Unit) -> Result<Stored, Trouble> {
        let id = unit.arkivdel.as_deref().unwrap_or_default();
        let missing = samflyt_projection::StoreError::Corrupt("a record is in no arkivdel");
        self.records.unit(Kind::Arkivdel, id)?.ok_or(Trouble::Unreadable(missing))
    }
}

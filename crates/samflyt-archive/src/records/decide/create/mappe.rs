//! Making a mappe.

use samflyt_noark::unit::{Kind, Unit};
use samflyt_noark::write::TYPE;
use serde_json::{Map, Value, json};

use super::super::trouble::Trouble;
use super::super::{Problem, find};
use super::{Making, open_for_new, receipt};
use crate::records::change::Step;
use crate::records::keys::Series;
use crate::records::{Stored, external_key};

/// Members that say where a mappe belongs and what its numbers are: the archive says so itself.
const NOT_KEPT: [&str; 6] =
    ["referanseForeldermappe", "arkivdel", "saksaar", "sakssekvensnummer", "avsluttetDato", "avsluttetAv"];

impl Making<'_> {
    /// Gives the mappe's receipt.
    pub(super) fn mappe(&mut self, doc: &Value) -> Result<Value, Trouble> {
        if let Some((fagsystem, noekkel)) = external_key(doc)
            && let Some(known) = self.records.by_external_key(Kind::Mappe, fagsystem, noekkel)?
        {
            let receipt = receipt::mappe(&known.unit, false);
            self.made = Some(known.unit);
            return Ok(receipt);
        }
        let at = "/mappe";
        let (arkivdel, parent) = self.place_of_mappe(doc, at)?;
        let mut kept: Map<String, Value> = doc.as_object().cloned().unwrap_or_default();
        NOT_KEPT.iter().for_each(|member| drop(kept.remove(*member)));
        self.classify(&mut kept, &arkivdel.unit, at)?;
        let system_id = self.system_id(doc, at)?;
        self.complete(&mut kept, &system_id);
        let numbers = vec![self.number_mappe(&mut kept, &arkivdel.unit)?];
        let unit = Unit {
            system_id,
            kind: Kind::Mappe,
            parent: Some(parent),
            arkivdel: Some(arkivdel.unit.system_id),
            doc: Value::Object(kept),
        };
        let receipt = receipt::mappe(&unit, true);
        self.made = Some(unit.clone());
        self.steps.push(Step::Created { unit, numbers });
        Ok(receipt)
    }

    /// The arkivdel that a mappe comes into, and the systemID of what holds it.
    fn place_of_mappe(&self, doc: &Value, at: &str) -> Result<(Stored, String), Trouble> {
        if let Some(reference) = doc.get("referanseForeldermappe") {
            let at = format!("{at}/referanseForeldermappe");
            let parent = find::mappe(self.records, reference, &at)?;
            open_for_new(&parent, &at)?;
            return Ok((self.arkivdel_of(&parent.unit)?, parent.unit.system_id));
        }
        let arkivdel = self.arkivdel(doc.pointer("/arkivdel/kode").and_then(Value::as_str), at)?;
        // Krav 2.3.6; in an overlapping period only mapper that are there take more.
        if arkivdel.unit.code("arkivdelstatus") == Some("O") {
            let advice = "use its successor for new mapper";
            let rule = "is in its overlapping period";
            return Err(Problem::new(format!("{at}/arkivdel"), rule, advice).into());
        }
        let id = arkivdel.unit.system_id.clone();
        Ok((arkivdel, id))
    }

    /// The arkivdel of a code, or the standard one; open.
    pub(super) fn arkivdel(&self, code: Option<&str>, at: &str) -> Result<Stored, Trouble> {
        let at = format!("{at}/arkivdel");
        let found = match code {
            Some(code) => self.records.arkivdel(code)?,
            None => self.standard_arkivdel()?,
        };
        let Some(arkivdel) = found else {
            let (rule, advice) = match code {
                Some(_) => ("is no arkivdel of this archive", "name one that was imported"),
                None => (
                    "is missing, and the archive has no standard one",
                    "name an arkivdel, or have an administrator import one (`samflyt archive structure import`)",
                ),
            };
            return Err(Problem::new(at, rule, advice).into());
        };
        open_for_new(&arkivdel, &at)?;
        Ok(arkivdel)
    }

    fn standard_arkivdel(&self) -> Result<Option<Stored>, Trouble> {
        for arkivdel in self.records.all(Kind::Arkivdel) {
            let arkivdel = arkivdel?;
            if arkivdel.unit.doc.get("standard") == Some(&json!(true)) {
                return Ok(Some(arkivdel));
            }
        }
        Ok(None)
    }

    fn number_mappe(
        &mut self,
        doc: &mut Map<String, Value>,
        arkivdel: &Unit,
    ) -> Result<crate::records::keys::Number, Trouble> {
        let (arkiv, year) = (self.arkiv_of(arkivdel), self.year());
        if doc.get(TYPE) != Some(&json!("saksmappe")) {
            let number = self.next(Series::Mappe, &arkiv, year)?;
            doc.insert("mappeID".to_owned(), json!(format!("{year}/M{}", number.number)));
            return Ok(number);
        }
        let number = self.next(Series::Sak, &arkiv, year)?;
        doc.insert("mappeID".to_owned(), json!(format!("{year}/{}", number.number)));
        doc.insert("saksaar".to_owned(), json!(year));
        doc.insert("sakssekvensnummer".to_owned(), json!(number.number));
        let today = self.today();
        doc.entry("saksdato").or_insert_with(|| json!(today));
        doc.entry("administrativEnhet").or_insert_with(|| json!({}));
        doc.entry("saksansvarlig").or_insert_with(|| json!({}));
        let status = doc.entry("saksstatus").or_insert_with(|| json!({"kode": "B"}));
        if matches!(status.get("kode").and_then(Value::as_str), Some("A" | "U")) {
            let (moment, by) = (self.moment(), self.by.name());
            doc.insert("avsluttetDato".to_owned(), json!(moment));
            doc.entry("avsluttetAv").or_insert_with(|| json!(by));
        }
        Ok(number)
    }
}

//! Import of the archive's structure by an administrator: arkiv, arkivdeler, klassifikasjonssystemer and classes, and where
//! numbers begin.
//!
//! The file says how the structure shall be. What is there already is found by its own name (an arkiv by systemID or title,
//! an arkivdel by its code, a klassifikasjonssystem by its id, a class by its id) and changed where it differs; nothing is
//! removed. Importing the same file again changes nothing.

mod file;
mod series;

use samflyt_noark::unit::{Kind, Unit};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::Problem;
use super::calendar::moment_text;
use super::edit;
use super::trouble::Trouble;
use crate::records::{Actor, Decision, Records, Step, Stored};
use file::{Arkiv, Arkivdel, Klasse, Klassifikasjonssystem, Structure};

/// Whether the standard arkivdel and the likes hold of a whole file.
pub(crate) fn import(
    records: &Records,
    text: &[u8],
    by: &Actor,
    now: OffsetDateTime,
    ids: &mut dyn FnMut() -> String,
) -> Result<Decision, Trouble> {
    let structure: Structure = serde_json::from_slice(text).map_err(|error| {
        let advice = "see docs/ARCHIVE.md, \"The structure of an archive\", for the form of this file";
        Problem::new("", format!("is not of its form: {error}"), advice)
    })?;
    let mut import =
        Import { records, by: by.name().to_owned(), at: moment_text(now), ids, steps: Vec::new() };
    let mut problems = Vec::new();
    for (index, arkiv) in structure.arkiv.iter().enumerate() {
        import.arkiv(arkiv, &format!("/arkiv/{index}"), &mut problems)?;
    }
    if !problems.is_empty() {
        return Err(Trouble::Invalid(problems));
    }
    let made = import.steps.iter().filter(|step| matches!(step, Step::Created { .. })).count();
    let answer = json!({ "created": made, "changed": import.steps.len() - made });
    Ok(Decision { steps: import.steps, answer })
}

struct Import<'i> {
    records: &'i Records,
    by: String,
    at: String,
    ids: &'i mut dyn FnMut() -> String,
    steps: Vec<Step>,
}

impl Import<'_> {
    fn arkiv(&mut self, file: &Arkiv, at: &str, problems: &mut Vec<Problem>) -> Result<(), Trouble> {
        let known = match &file.system_id {
            Some(id) => self.records.unit(Kind::Arkiv, id)?,
            None => self.arkiv_titled(&file.tittel)?,
        };
        if file.arkivskaper.is_empty() {
            let rule = "names no arkivskaper";
            problems.push(Problem::new(format!("{at}/arkivskaper"), rule, "say whose archive it is"));
        }
        let is_new = known.is_none();
        let id = self.put(known, Kind::Arkiv, file.system_id.clone(), None, file.doc());
        let mut systems = Map::new();
        for system in &file.klassifikasjonssystem {
            let system_id = self.klassifikasjonssystem(system, &id)?;
            systems.insert(system.id.clone(), json!(system_id));
        }
        for (index, arkivdel) in file.arkivdel.iter().enumerate() {
            self.arkivdel(arkivdel, &id, &systems, &format!("{at}/arkivdel/{index}"), problems)?;
        }
        for (index, series) in file.tallserier.iter().enumerate() {
            let at = format!("{at}/tallserier/{index}");
            let step = series::begin(self.records, series, &id, is_new, &at, problems)?;
            self.steps.extend(step);
        }
        Ok(())
    }

    fn arkiv_titled(&self, title: &str) -> Result<Option<Stored>, Trouble> {
        for arkiv in self.records.all(Kind::Arkiv) {
            let arkiv = arkiv?;
            if arkiv.unit.text("/tittel") == Some(title) {
                return Ok(Some(arkiv));
            }
        }
        Ok(None)
    }

    fn klassifikasjonssystem(
        &mut self,
        file: &Klassifikasjonssystem,
        arkiv: &str,
    ) -> Result<String, Trouble> {
        let known = self.records.klassifikasjonssystem(&file.id)?;
        let kind = Kind::Klassifikasjonssystem;
        let id = self.put(known, kind, None, Some(arkiv.to_owned()), file.doc());
        for class in &file.klasse {
            self.klasse(class, &id, &id)?;
        }
        Ok(id)
    }

    fn klasse(&mut self, file: &Klasse, parent: &str, system: &str) -> Result<(), Trouble> {
        let known = self.records.klasse(system, &file.id)?;
        let mut doc = file.doc();
        doc.insert("klassifikasjonssystem".to_owned(), json!(system));
        let id = self.put(known, Kind::Klasse, None, Some(parent.to_owned()), doc);
        file.klasse.iter().try_for_each(|below| self.klasse(below, &id, system))
    }

    fn arkivdel(
        &mut self,
        file: &Arkivdel,
        arkiv: &str,
        systems: &Map<String, Value>,
        at: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Trouble> {
        let mut doc = file.doc();
        let mut used = Vec::new();
        for (index, name) in file.klassifikasjonssystem.iter().enumerate() {
            let known = self.records.klassifikasjonssystem(name)?.map(|known| json!(known.unit.system_id));
            match systems.get(name).cloned().or(known) {
                Some(id) => used.push(id),
                None => problems.push(Problem::new(
                    format!("{at}/klassifikasjonssystem/{index}"),
                    "is no klassifikasjonssystem of this file or of the archive",
                    "add it to the arkiv's klassifikasjonssystem",
                )),
            }
        }
        doc.insert("klassifikasjonssystem".to_owned(), Value::Array(used));
        let known = self.records.arkivdel(&file.kode)?;
        // Krav 2.3.6: what is closed takes nothing new.
        if file.is_closed() {
            let closed = known.as_ref().and_then(|known| known.unit.doc.get("avsluttetDato").cloned());
            doc.insert("avsluttetDato".to_owned(), closed.unwrap_or_else(|| json!(self.at)));
            let by = known.as_ref().and_then(|known| known.unit.doc.get("avsluttetAv").cloned());
            doc.insert("avsluttetAv".to_owned(), by.unwrap_or_else(|| json!(self.by)));
        }
        self.put(known, Kind::Arkivdel, None, Some(arkiv.to_owned()), doc);
        Ok(())
    }

    /// Makes a unit, or changes it where it differs; gives its systemID.
    fn put(
        &mut self,
        known: Option<Stored>,
        kind: Kind,
        system_id: Option<String>,
        parent: Option<String>,
        mut doc: Map<String, Value>,
    ) -> String {
        let Some(known) = known else {
            let system_id = system_id.unwrap_or_else(|| (self.ids)());
            doc.insert("opprettetDato".to_owned(), json!(self.at));
            doc.insert("opprettetAv".to_owned(), json!(self.by));
            doc.insert("systemID".to_owned(), json!(system_id));
            let doc = Value::Object(doc);
            let unit = Unit { system_id: system_id.clone(), kind, parent, arkivdel: None, doc };
            self.steps.push(Step::Created { unit, numbers: Vec::new() });
            return system_id;
        };
        for member in ["opprettetDato", "opprettetAv", "systemID"] {
            if let Some(value) = known.unit.doc.get(member) {
                doc.insert(member.to_owned(), value.clone());
            }
        }
        self.steps.extend(edit::edited(&known, &Value::Object(doc)));
        known.unit.system_id
    }
}

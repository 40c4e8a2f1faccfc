//! The dokumentbeskrivelser and dokumentobjekter of a registrering.

use serde_json::{Map, Value, json};

use super::super::Problem;
use super::super::files::Files;
use super::super::trouble::Trouble;
use super::Making;
use crate::records::OF_MEETING;

/// Gives a dokumentbeskrivelse what it has to have and its sender left out.
pub(crate) fn complete(described: &mut Map<String, Value>, number: usize, moment: &str, by: &str) {
    for (member, value) in [
        ("dokumenttype", json!({"kode": "KORR"})),
        ("dokumentstatus", json!({"kode": "F"})),
        ("opprettetDato", json!(moment)),
        ("opprettetAv", json!(by)),
        ("tilknyttetDato", json!(moment)),
        ("tilknyttetAv", json!(by)),
        ("dokumentnummer", json!(number)),
    ] {
        described.entry(member).or_insert(value);
    }
}

impl Making<'_> {
    pub(super) fn documents(
        &mut self,
        doc: &mut Map<String, Value>,
        files: &mut Files<'_>,
        at: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Trouble> {
        for (part, list) in OF_MEETING {
            if let Some(Value::Array(all)) = doc.get_mut(part).and_then(|part| part.get_mut(list)) {
                self.describe_all(all, files, &format!("{at}/{part}/{list}"), problems)?;
            }
        }
        let Some(Value::Array(all)) = doc.get_mut("dokumentbeskrivelse") else { return Ok(()) };
        let is_main =
            |one: &&Value| one.pointer("/tilknyttetRegistreringSom/kode") == Some(&Value::from("H"));
        let main = all.iter().filter(is_main).count();
        let attachments = all.len() - main;
        self.describe_all(all, files, &format!("{at}/dokumentbeskrivelse"), problems)?;
        if main > 1 {
            let advice = "mark one as H and the others as V";
            let rule = "has more than one hoveddokument";
            problems.push(Problem::new(format!("{at}/dokumentbeskrivelse"), rule, advice));
        }
        if doc.get("@type").is_some_and(|of| of == "journalpost" || of == "arkivnotat") {
            doc.insert("antallVedlegg".to_owned(), json!(attachments));
        }
        Ok(())
    }

    fn describe_all(
        &mut self,
        all: &mut [Value],
        files: &mut Files<'_>,
        at: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Trouble> {
        for (index, described) in all.iter_mut().enumerate() {
            let at = format!("{at}/{index}");
            match self.system_id(described, &at) {
                Ok(id) => self.describe(described, &id, index + 1),
                Err(trouble) => problems.extend(trouble.into_problems()?),
            }
            self.objects(described, files, &at, problems)?;
        }
        Ok(())
    }

    fn describe(&mut self, described: &mut Value, system_id: &str, number: usize) {
        let (moment, by) = (self.moment(), self.by.name());
        let Some(described) = described.as_object_mut() else { return };
        described.insert("systemID".to_owned(), json!(system_id));
        complete(described, number, &moment, by);
        self.number_items(described, "part", "partID");
        self.number_items(described, "merknad", "merknadID");
    }

    pub(super) fn objects(
        &mut self,
        described: &mut Value,
        files: &mut Files<'_>,
        at: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Trouble> {
        let objects = described.get_mut("dokumentobjekt").and_then(Value::as_array_mut);
        for (index, object) in objects.into_iter().flatten().enumerate() {
            let at = format!("{at}/dokumentobjekt/{index}");
            let id = self.system_id(object, &at);
            let Some(object) = object.as_object_mut() else { continue };
            match id {
                Ok(id) => drop(object.insert("systemID".to_owned(), json!(id))),
                Err(trouble) => problems.extend(trouble.into_problems()?),
            }
            let (moment, by) = (self.moment(), self.by.name());
            object.entry("versjonsnummer").or_insert_with(|| json!(1));
            object.entry("variantformat").or_insert_with(|| json!({"kode": "P"}));
            object.entry("opprettetDato").or_insert_with(|| json!(moment));
            object.entry("opprettetAv").or_insert_with(|| json!(by));
            files.describe(object, &at, problems);
        }
        Ok(())
    }
}

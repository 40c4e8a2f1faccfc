//! The answer to a search: its page, each hit as the viewer may see it and as the type of answer has it.

use std::collections::HashMap;

use samflyt_noark::fiks::arkivstruktur::{dokument, mappe, registrering};
use samflyt_noark::fiks::{Schema, codes, minimum, noekler};
use samflyt_noark::grammar::Complex;
use samflyt_noark::unit::Kind;
use samflyt_noark::write::TYPE;
use samflyt_projection::StoreError;
use serde_json::{Value, json};

use super::sporring::Target;
use super::treff::Hits;
use crate::access::{Sight, Viewer};
use crate::innsyn::answer::{self, Included};
use crate::records::{Records, Stored, list};

/// How much of each hit is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Responstype {
    Minimum,
    Noekler,
    Utvidet,
}

impl Responstype {
    pub fn of(request: &Value) -> Self {
        match request.pointer("/sokdefinisjon/responstype").and_then(Value::as_str) {
            Some("noekler") => Self::Noekler,
            Some("utvidet") => Self::Utvidet,
            _ => Self::Minimum,
        }
    }

    fn schema(self) -> Schema {
        match self {
            Self::Minimum => Schema::SokMinimum,
            Self::Noekler => Schema::SokNoekler,
            Self::Utvidet => Schema::SokUtvidet,
        }
    }

    fn element(self) -> &'static str {
        match self {
            Self::Minimum => "resultatMinimum",
            Self::Noekler => "resultatNoekler",
            Self::Utvidet => "resultat",
        }
    }

    /// What the names of its derived types end with.
    fn suffix(self) -> &'static str {
        match self {
            Self::Minimum => "Minimum",
            Self::Noekler => "Noekler",
            Self::Utvidet => "",
        }
    }

    fn types(self, target: Target) -> Vec<&'static Complex> {
        match (self, target) {
            (Self::Minimum, Target::Mappe) => vec![&minimum::MAPPE_MINIMUM, &minimum::SAKSMAPPE_MINIMUM],
            (Self::Noekler, Target::Mappe) => vec![&noekler::MAPPE_NOEKLER, &noekler::SAKSMAPPE_NOEKLER],
            (Self::Utvidet, Target::Mappe) => vec![&mappe::MAPPE, &mappe::SAKSMAPPE, &mappe::MOETEMAPPE],
            (Self::Minimum, Target::Saksmappe) => vec![&minimum::SAKSMAPPE_MINIMUM],
            (Self::Noekler, Target::Saksmappe) => vec![&noekler::SAKSMAPPE_NOEKLER],
            (Self::Utvidet, Target::Saksmappe) => vec![&mappe::SAKSMAPPE],
            (Self::Minimum, Target::Registrering) => {
                vec![&minimum::REGISTRERING_MINIMUM, &minimum::JOURNALPOST_MINIMUM]
            }
            (Self::Noekler, Target::Registrering) => {
                vec![&noekler::REGISTRERING_NOEKLER, &noekler::JOURNALPOST_NOEKLER]
            }
            (Self::Utvidet, Target::Registrering) => answer::REGISTRERINGER.to_vec(),
            (Self::Minimum, Target::Journalpost) => vec![&minimum::JOURNALPOST_MINIMUM],
            (Self::Noekler, Target::Journalpost | Target::JournalpostMedSaksmappe) => {
                vec![&noekler::JOURNALPOST_NOEKLER]
            }
            (Self::Utvidet, Target::Journalpost) => vec![&registrering::JOURNALPOST],
            (Self::Minimum, Target::JournalpostMedSaksmappe) => {
                vec![&minimum::JOURNALPOST_MED_SAKSMAPPE_MINIMUM]
            }
            (Self::Utvidet, Target::JournalpostMedSaksmappe) => {
                vec![&registrering::JOURNALPOST_MED_SAKSMAPPE]
            }
            (Self::Minimum, Target::Dokumentbeskrivelse) => vec![&minimum::DOKUMENTBESKRIVELSE_MINIMUM],
            (Self::Noekler, Target::Dokumentbeskrivelse) => vec![&noekler::DOKUMENTBESKRIVELSE_NOEKLER],
            (Self::Utvidet, Target::Dokumentbeskrivelse) => vec![&dokument::DOKUMENTBESKRIVELSE],
        }
    }
}

/// Makes an answer.
pub(super) struct Answering<'a> {
    pub records: &'a Records,
    pub viewer: &'a Viewer,
    pub target: Target,
    pub responstype: Responstype,
    pub included: Included,
    /// What `minimum` says of klassifikasjonssystemer.
    pub systems: HashMap<String, Value>,
}

impl Answering<'_> {
    /// The answer and its schema.
    ///
    /// # Errors
    /// Where the records cannot be read.
    pub fn answer(mut self, request: &Value, hits: &Hits) -> Result<(Schema, Value), StoreError> {
        // In the schema of keys a journalpost with its saksmappe has no element of its own.
        let name = match (self.responstype, self.target) {
            (Responstype::Noekler, Target::JournalpostMedSaksmappe) => Target::Journalpost.name(),
            (_, target) => target.name(),
        };
        let types = self.responstype.types(self.target);
        let mut results = Vec::new();
        for (id, holder) in &hits.page {
            let found = match self.target {
                Target::Dokumentbeskrivelse => self.document(id, holder)?,
                _ => self.unit(id)?,
            };
            if let Some(doc) = found {
                results.push(json!({name: answer::typed(&types, self.responstype.suffix(), &doc)}));
            }
        }
        let mut answer = json!({
            "system": request.get("system").and_then(Value::as_str).unwrap_or_default(),
            "take": request.get("take"), "skip": request.get("skip"), "count": hits.count,
            "resultattype": name, "resultatListe": {self.responstype.element(): results},
        });
        let schema = self.responstype.schema();
        codes::fill_descriptions(&mut answer, schema.root());
        Ok((schema, answer))
    }

    /// A mappe or registrering; none: it went, or the viewer may not know of it any more.
    fn unit(&mut self, id: &str) -> Result<Option<Value>, StoreError> {
        let Some(stored) = self.records.get(id)? else { return Ok(None) };
        let Some(mut doc) = self.viewer.view(self.records, &stored)? else { return Ok(None) };
        answer::place(self.records, &stored.unit, &mut doc)?;
        self.included.limit(&mut doc);
        self.complete(&stored, &mut doc)?;
        Ok(Some(doc))
    }

    fn document(&self, id: &str, holder: &str) -> Result<Option<Value>, StoreError> {
        let Some(stored) = self.records.get(holder)? else { return Ok(None) };
        let sight = self.viewer.sight(self.records, &stored)?;
        let mut all = list(&stored.unit.doc, "dokumentbeskrivelse").iter();
        let found = all.find(|one| one.get("systemID").and_then(Value::as_str) == Some(id));
        let Some(found) = found else { return Ok(None) };
        if self.viewer.sight_of_document(&crate::access::Shield::of(found), sight) == Sight::Unknown {
            return Ok(None);
        }
        let mut shown = self.viewer.shield_document(found, sight);
        if let Some(members) = shown.as_object_mut() {
            self.included.limit_document(members);
        }
        Ok(Some(shown))
    }

    /// What this type of answer has besides.
    fn complete(&mut self, stored: &Stored, doc: &mut Value) -> Result<(), StoreError> {
        let numbers = ["saksaar", "sakssekvensnummer"].map(|member| doc.get(member).cloned());
        let Some(members) = doc.as_object_mut() else { return Ok(()) };
        if let [Some(year), Some(number)] = numbers {
            let saksnummer = json!({"saksaar": year, "sakssekvensnummer": number});
            members.insert("saksnummer".to_owned(), saksnummer);
        }
        if self.target == Target::JournalpostMedSaksmappe {
            members.remove(TYPE);
            let parent = stored.unit.parent.as_deref().unwrap_or_default();
            let case = self.records.unit(Kind::Mappe, parent)?;
            let case =
                case.map_or(Ok(None), |case| self.viewer.view(self.records, &case))?.unwrap_or_default();
            for member in OF_CASE {
                if let Some(value) = case.get(member) {
                    members.insert(member.to_owned(), value.clone());
                }
            }
        }
        if self.responstype == Responstype::Minimum {
            let classes = members.get_mut("klassifikasjon").and_then(Value::as_array_mut);
            for class in classes.into_iter().flatten().filter_map(Value::as_object_mut) {
                let id = class.get("klassifikasjonssystemID").and_then(Value::as_str).unwrap_or_default();
                let system = self.system(id)?;
                class.insert("klassifikasjonssystem".to_owned(), system);
            }
        }
        Ok(())
    }

    fn system(&mut self, id: &str) -> Result<Value, StoreError> {
        if let Some(known) = self.systems.get(id) {
            return Ok(known.clone());
        }
        let found = self.records.klassifikasjonssystem(id)?.map(|system| system.unit.doc);
        let found = found.unwrap_or_else(|| json!({"klassifikasjonssystemID": id, "tittel": id}));
        self.systems.insert(id.to_owned(), found.clone());
        Ok(found)
    }
}

const OF_CASE: [&str; 6] =
    ["saksaar", "sakssekvensnummer", "saksdato", "administrativEnhet", "saksansvarlig", "saksstatus"];

//! An entry as the public sees it (krav 5.2.5, 5.2.6, 5.2.9, 5.2.31).

use std::collections::BTreeSet;

use samflyt_events::TenantId;
use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::StoreError;
use samflyt_proto::archive as pb;
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

use super::identity::hidden;
use crate::access::{HIDDEN, Sight, Viewer};
use crate::casework::{mappe_of, who};
use crate::records::decide::disposal::inherited::date;
use crate::records::decide::update::is_journalfoert;
use crate::records::{Records, Stored, list};

/// For how many days after its journaldato an entry is found by the name of a person (krav 5.2.33).
const NAMES_FOUND_FOR_DAYS: i64 = 365;

/// Shows entries to somebody who has access to nothing.
pub(super) struct Public<'p> {
    records: &'p Records,
    viewer: Viewer,
    today: Date,
    identity: BTreeSet<String>,
    never: &'p [String],
}

/// What is shown, and by which texts it is found.
pub(super) struct Shown {
    pub entry: pb::PublicEntry,
    found_by: Vec<String>,
}

impl Shown {
    /// Whether a text, in lower case, is in it.
    pub fn is_found_by(&self, text: &str) -> bool {
        text.is_empty() || self.found_by.iter().any(|found| found.to_lowercase().contains(text))
    }
}

impl<'p> Public<'p> {
    /// # Errors
    /// Where the records cannot be read.
    pub fn new(
        records: &'p Records,
        tenant: &TenantId,
        never: &'p [String],
        now: OffsetDateTime,
    ) -> Result<Self, StoreError> {
        let viewer = Viewer::new(&[], tenant, "", None, false, now);
        let today = crate::records::decide::calendar::local(now).date();
        Ok(Self { records, viewer, today, identity: crate::access::identity_systems(records)?, never })
    }

    /// None: the public does not know of it.
    ///
    /// # Errors
    /// Where the records cannot be read.
    pub fn show(&self, stored: &Stored) -> Result<Option<Shown>, StoreError> {
        let unit = &stored.unit;
        let is_public = unit.type_name() == Some("journalpost")
            && is_journalfoert(unit.code("journalstatus"))
            && unit.text("/offentlighetsvurdertDato").is_some();
        if !is_public || self.is_never_shown(stored)? {
            return Ok(None);
        }
        let sight = self.viewer.sight(self.records, stored)?;
        if sight == Sight::Unknown {
            return Ok(None);
        }
        let mappe = mappe_of(self.records, unit)?;
        let of_mappe = match &mappe {
            Some(mappe) => self.seen(mappe)?,
            None => None,
        };
        // Krav 5.2.9: the primary class or none.
        let primary = mappe.as_ref().and_then(|mappe| mappe.unit.doc.pointer("/klassifikasjon/0"));
        let primary = primary.filter(|class| {
            of_mappe.as_ref().is_some_and(|seen| list(seen, "klassifikasjon").contains(class))
        });
        let doc = self.viewer.shield(&unit.doc, sight, &self.identity);
        let mut shown = self.shown(&doc, sight, of_mappe.as_ref())?;
        let class = primary.and_then(|class| class.get("klasseID")).and_then(Value::as_str);
        shown.entry.klasse_id = class.map(hidden).unwrap_or_default();
        Ok(Some(shown))
    }

    fn seen(&self, stored: &Stored) -> Result<Option<Value>, StoreError> {
        let sight = self.viewer.sight(self.records, stored)?;
        Ok((sight != Sight::Unknown).then(|| self.viewer.shield(&stored.unit.doc, sight, &self.identity)))
    }

    /// Whether the configuration names it, or something that holds it (krav 5.2.31).
    fn is_never_shown(&self, stored: &Stored) -> Result<bool, StoreError> {
        if self.never.is_empty() {
            return Ok(false);
        }
        let mut at = Some(stored.clone());
        while let Some(Stored { unit, .. }) = at {
            if self.names(&unit)? {
                return Ok(true);
            }
            at = mappe_of(self.records, &unit)?;
        }
        Ok(false)
    }

    fn names(&self, unit: &Unit) -> Result<bool, StoreError> {
        let is_named = |name: &str| self.never.iter().any(|never| never == name);
        let code = |doc: &Value| {
            doc.pointer("/skjerming/tilgangsrestriksjon/kode").and_then(Value::as_str).is_some_and(is_named)
        };
        if code(&unit.doc) || list(&unit.doc, "dokumentbeskrivelse").iter().any(code) {
            return Ok(true);
        }
        for class in list(&unit.doc, "klassifikasjon") {
            let text = |member: &str| class.get(member).and_then(Value::as_str).unwrap_or_default();
            let id = text("klasseID");
            let system = self.records.klassifikasjonssystem(text("klassifikasjonssystemID"))?;
            let mut at = match system {
                Some(system) => self.records.klasse(&system.unit.system_id, id)?,
                None => None,
            };
            if is_named(id) {
                return Ok(true);
            }
            while let Some(Stored { unit, .. }) = at {
                if unit.text("/klasseID").is_some_and(is_named) {
                    return Ok(true);
                }
                at = match &unit.parent {
                    Some(above) => self.records.unit(Kind::Klasse, above)?,
                    None => None,
                };
            }
        }
        Ok(false)
    }

    /// `doc` and `mappe` as a stranger sees them.
    fn shown(&self, doc: &Value, sight: Sight, mappe: Option<&Value>) -> Result<Shown, StoreError> {
        let of = |doc: Option<&Value>, pointer: &str| {
            hidden(doc.and_then(|doc| doc.pointer(pointer)).and_then(Value::as_str).unwrap_or_default())
        };
        let text = |pointer: &str| of(Some(doc), pointer);
        let number = |member: &str| doc.get(member).and_then(Value::as_i64).unwrap_or_default();
        let parts = list(doc, "korrespondansepart");
        let parties: Result<Vec<_>, _> = parts.iter().map(|part| self.party(part, sight)).collect();
        let entry = pb::PublicEntry {
            journalaar: number("journalaar"),
            journalsekvensnummer: number("journalsekvensnummer"),
            registrerings_id: text("/registreringsID"),
            journaldato: text("/journaldato"),
            dokumentets_dato: text("/dokumentetsDato"),
            journalposttype: text("/journalposttype/kode"),
            title: public_title(doc),
            parties: parties?,
            mappe_id: of(mappe, "/mappeID"),
            mappe_title: mappe.map(public_title).unwrap_or_default(),
            administrativ_enhet: mappe
                .map(|mappe| hidden(&who(mappe, "administrativEnhet")))
                .unwrap_or_default(),
            klasse_id: String::new(),
            journalenhet: text("/journalenhet"),
            tilgangsrestriksjon: text("/skjerming/tilgangsrestriksjon/kode"),
            skjermingshjemmel: text("/skjerming/skjermingshjemmel"),
        };
        let age = text("/journaldato");
        let age = date(&age).map_or(i64::MAX, |dated| (self.today - dated).whole_days());
        let persons_too = age < NAMES_FOUND_FOR_DAYS;
        let names = entry.parties.iter().zip(parts).filter(|(_, part)| persons_too || !is_person(part));
        let mut found_by: Vec<String> = names.map(|(party, _)| party.name.clone()).collect();
        found_by.extend([entry.title.clone(), entry.mappe_title.clone()]);
        Ok(Shown { entry, found_by })
    }

    fn party(&self, part: &Value, sight: Sight) -> Result<pb::PublicParty, StoreError> {
        let text =
            |pointer: &str| part.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let answer = part.pointer("/avskrivning/0/referanseAvskrivesAvJournalpost/systemID");
        let answer = answer.and_then(Value::as_str).filter(|_| sight < Sight::Masked);
        let answer = answer.map(|id| self.records.get(id)).transpose()?.flatten();
        let answer = match answer {
            Some(answer) if self.viewer.sight(self.records, &answer)? == Sight::Unknown => None,
            answer => answer,
        };
        let id = answer.and_then(|answer| answer.unit.text("/registreringsID").map(str::to_owned));
        Ok(pb::PublicParty {
            r#type: text("/korrespondanseparttype/kode"),
            name: hidden(&text("/korrespondansepartNavn")),
            avskrivningsmaate: text("/avskrivning/0/avskrivningsmaate/kode"),
            avskrivningsdato: text("/avskrivning/0/avskrivningsdato"),
            avskrives_av: id.unwrap_or_default(),
        })
    }
}

/// `offentligTittel`, which is the title without what is to be hidden; the title where nothing is.
fn public_title(doc: &Value) -> String {
    let text = |member: &str| doc.get(member).and_then(Value::as_str);
    hidden(text("offentligTittel").or_else(|| text("tittel")).unwrap_or(HIDDEN))
}

/// A korrespondansepart that is no organisation as far as is known.
fn is_person(part: &Value) -> bool {
    let members: Option<&Map<String, Value>> = part.as_object();
    members.is_none_or(|part| part.contains_key("personid") || !part.contains_key("organisasjonid"))
}

#[cfg(test)]
mod tests;

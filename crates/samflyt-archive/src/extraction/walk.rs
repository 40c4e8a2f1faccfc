//! `arkivstruktur.xml`: the arkivdel from its top down, in the order in which things were made.
//!
//! The schema lets a mappe hold either mapper or registreringer. One that has both is written with its registreringer; its
//! mapper follow it, each with a kryssreferanse to it.

use samflyt_noark::noark5::say;
use samflyt_noark::noark5::structure::{Level, Structure};
use samflyt_noark::unit::Kind;
use samflyt_noark::write::WriteError;
use samflyt_projection::StoreError;
use samflyt_proto::archive::ExtractionProgress;
use samflyt_proto::archive::export_arkivdel_response::Part;
use serde_json::{Value, json};

use super::journals::is_public;
use super::outgoing::{Ended, Outgoing, PIECE_BYTES, unsaid};
use super::{Extract, Written, scope, widen};
use crate::records::Stored;

pub(super) const FILE: &str = "arkivstruktur.xml";
/// Progress is told after so many registreringer.
const TOLD_EVERY: u64 = 1000;

pub(super) fn arkivstruktur(extract: &Extract, out: &mut Outgoing) -> Result<Written, Ended> {
    let (arkiv, arkivdel) = (&extract.scope.arkiv.unit, &extract.scope.arkivdel.unit);
    let said = extract.saying(|extraction| say::arkiv(&arkiv.doc, extraction));
    let structure = Structure::begin(said).map_err(unsaid(&arkiv.system_id))?;
    let mut walk = Walk { extract, structure, out, written: Written::default() };
    let said = extract.saying(|extraction| say::arkivdel(&arkivdel.doc, extraction));
    walk.open(Level::Arkivdel, said, &arkivdel.system_id)?;
    walk.classes()?;
    let ended = walk.structure.end().map_err(unsaid(&arkivdel.system_id))?;
    walk.give()?;
    walk.out.documents_named()?;
    walk.written.counts = ended;
    Ok(walk.written)
}

pub(super) struct Walk<'w> {
    pub extract: &'w Extract,
    structure: Structure,
    out: &'w mut Outgoing,
    written: Written,
}

/// Units that are read as they are needed.
type Units = std::iter::Peekable<Box<dyn Iterator<Item = Result<Stored, StoreError>>>>;

impl Walk<'_> {
    pub(super) fn open(&mut self, level: Level, said: Value, system_id: &str) -> Result<(), Ended> {
        self.structure.open(level, said).map_err(unsaid(system_id))?;
        self.give_if_much()
    }

    pub(super) fn close(&mut self) -> Result<(), Ended> {
        self.structure.close().map_err(|error: WriteError| unsaid(self.extract.scope.id())(error))
    }

    /// A mappe with all that it holds. `above`: the mappe that it is in, where it is not written inside it.
    pub(super) fn mappe(&mut self, mappe: &Stored, above: Option<&str>) -> Result<(), Ended> {
        let id = &mappe.unit.system_id;
        let secondary = self.extract.secondary(mappe);
        let mut said = self.extract.saying(|extraction| say::mappe(&mappe.unit.doc, &secondary, extraction));
        if let Some(above) = above {
            refer(&mut said, above);
        }
        self.see(mappe);
        self.open(Level::Mappe, said, id)?;
        let (mut mapper, mut registreringer) =
            (self.held(id, Kind::Mappe), self.held(id, Kind::Registrering));
        let has_both = mapper.peek().is_some() && registreringer.peek().is_some();
        for registrering in registreringer {
            self.registrering(&registrering?, Some(mappe))?;
        }
        if has_both {
            self.close()?;
            return mapper.try_for_each(|inside| self.mappe(&inside?, Some(id)));
        }
        for inside in mapper {
            self.mappe(&inside?, None)?;
        }
        self.close()
    }

    /// What a mappe holds.
    fn held(&self, mappe: &str, kind: Kind) -> Units {
        let until = self.extract.scope.until;
        let units = self.extract.records.children(mappe, kind);
        let known = units.filter(move |unit| unit.as_ref().map_or(true, |unit| unit.place.sequence <= until));
        (Box::new(known) as Box<dyn Iterator<Item = _>>).peekable()
    }

    pub(super) fn registrering(
        &mut self,
        registrering: &Stored,
        mappe: Option<&Stored>,
    ) -> Result<(), Ended> {
        let (doc, id) = (&registrering.unit.doc, &registrering.unit.system_id);
        let said = self.extract.saying(|extraction| say::registrering(doc, extraction));
        self.structure.registrering(&said).map_err(unsaid(id))?;
        self.see(registrering);
        if let Some(date) = registrering.unit.text("/journaldato").and_then(|date| date.get(..10))
            && registrering.unit.type_name() == Some("journalpost")
        {
            widen(&mut self.written.journal, date);
            self.written.public += u64::from(is_public(doc, mappe.map(|mappe| &mappe.unit.doc)));
        }
        for file in say::files(doc) {
            self.written.documents += 1;
            self.out.document(file, id)?;
        }
        let so_far = self.structure.counts().registreringer;
        if so_far.is_multiple_of(TOLD_EVERY) {
            self.out
                .give(Part::Progress(ExtractionProgress { registreringer: so_far, ..Default::default() }))?;
        }
        self.give_if_much()
    }

    fn see(&mut self, stored: &Stored) {
        if let Some(date) = scope::date(stored) {
            widen(&mut self.written.created, date);
        }
    }

    fn give_if_much(&mut self) -> Result<(), Ended> {
        if self.structure.len() >= PIECE_BYTES { self.give() } else { Ok(()) }
    }

    fn give(&mut self) -> Result<(), Ended> {
        self.out.piece(FILE, self.structure.take())
    }
}

fn refer(said: &mut Value, above: &str) {
    let reference = json!({ "referanseTilMappe": above });
    match said.get_mut("kryssreferanse").and_then(Value::as_array_mut) {
        Some(references) => references.push(reference),
        None => said["kryssreferanse"] = json!([reference]),
    }
}

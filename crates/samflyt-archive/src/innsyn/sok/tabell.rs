//! The table of a municipality's records that searches run over, in memory.
//!
//! Consumes the records as they are and what changes touched since; gives rows in the order of their making. Kept true: the
//! table is what the records were at [`Table::sequence`] or later; person names are here and in the sealed records only.

use std::collections::{BTreeSet, HashMap};

use samflyt_events::subject::archive_stream;
use samflyt_noark::unit::{Kind, Unit};
use samflyt_projection::StoreError;
use serde_json::Value;

use super::rad::{self, Around};
use super::verdi;
use crate::access::{Shield, identity_systems};
use crate::records::{Records, Stored, list};

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    /// Something that another row refers to and that is no record here, or what is not part of a registrering any more.
    Nothing,
    Mappe,
    Saksmappe,
    Registrering,
    Journalpost,
    Dokumentbeskrivelse,
}

pub(super) const NONE: u32 = u32::MAX;

/// A row: where its bytes are, and what a search needs of each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    start: u64,
    length: u32,
    /// The row of its mappe; of a dokumentbeskrivelse, of its registrering.
    pub parent: u32,
    /// Of a registrering: its dokumentbeskrivelser's rows, from this on.
    documents: u32,
    document_count: u32,
    /// Whose own shield.
    pub shield: u32,
    /// The system that deposited it.
    pub by: u32,
    pub is: Is,
}

/// Texts of a class, folded.
#[derive(Debug, Default)]
pub(super) struct Class {
    pub title: String,
    pub description: String,
}

#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(super) rows: Vec<Row>,
    bytes: Vec<u8>,
    /// How many of the bytes no row refers to any more.
    garbage: usize,
    index: HashMap<u128, u32>,
    pub(super) shields: Vec<Shield>,
    shield_index: HashMap<Shield, u32>,
    pub(super) systems: Vec<String>,
    /// By klassifikasjonssystemID, a zero byte, klasseID; folded.
    pub(super) classes: HashMap<Vec<u8>, Class>,
    identity: BTreeSet<String>,
    arkivdeler: HashMap<String, String>,
    /// Every change up to this is in it.
    pub(super) sequence: u64,
}

impl Table {
    /// # Errors
    /// Where the records cannot be read.
    pub fn build(records: &Records) -> Result<Self, StoreError> {
        let mut table = Self { sequence: position(records), ..Self::default() };
        table.read_around(records)?;
        for kind in [Kind::Mappe, Kind::Registrering] {
            for stored in records.all(kind) {
                table.put(&stored?);
            }
        }
        table.rows.shrink_to_fit();
        table.bytes.shrink_to_fit();
        Ok(table)
    }

    /// Takes in what changed.
    ///
    /// # Errors
    /// Where the records cannot be read.
    pub fn catch_up(&mut self, records: &Records) -> Result<(), StoreError> {
        let position = position(records);
        let mut touched = BTreeSet::new();
        for change in records.touched_after(self.sequence) {
            touched.extend(change?.1);
        }
        let mut around = false;
        for id in touched {
            match records.get(&id)? {
                Some(stored) if matches!(stored.unit.kind, Kind::Mappe | Kind::Registrering) => {
                    self.put(&stored);
                }
                Some(_) => around = true,
                None => {}
            }
        }
        if around {
            let identity = self.identity.clone();
            self.read_around(records)?;
            if identity != self.identity {
                *self = Self::build(records)?;
            }
        }
        self.sequence = self.sequence.max(position);
        Ok(())
    }

    /// What rows are not, and searches need: arkivdeler and classes.
    fn read_around(&mut self, records: &Records) -> Result<(), StoreError> {
        self.identity = identity_systems(records)?;
        for arkivdel in records.all(Kind::Arkivdel) {
            let Unit { system_id, doc, .. } = arkivdel?.unit;
            let code = doc.get("kode").and_then(Value::as_str).unwrap_or_default();
            self.arkivdeler.insert(system_id, code.to_owned());
        }
        let mut systems = HashMap::new();
        for system in records.all(Kind::Klassifikasjonssystem) {
            let unit = system?.unit;
            let name = unit.text("/klassifikasjonssystemID").map(verdi::folded).unwrap_or_default();
            systems.insert(unit.system_id, name);
        }
        for class in records.all(Kind::Klasse) {
            let unit = class?.unit;
            let folded = |pointer| unit.text(pointer).map(verdi::folded).unwrap_or_default();
            let system = unit.text("/klassifikasjonssystem").and_then(|id| systems.get(id));
            let key = [system.map_or("", String::as_str), "\0", &folded("/klasseID")].concat();
            let class = Class { title: folded("/tittel"), description: folded("/beskrivelse") };
            self.classes.insert(key.into_bytes(), class);
        }
        Ok(())
    }

    /// The bytes of a row: the systemID, and the values.
    pub(super) fn row(&self, row: &Row) -> (&str, &[u8]) {
        let from = usize::try_from(row.start).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(from..from.saturating_add(row.length as usize)).unwrap_or_default();
        let Some((length, rest)) = bytes.split_first() else { return ("", &[]) };
        let (id, values) = rest.split_at(usize::from(*length).min(rest.len()));
        (std::str::from_utf8(id).unwrap_or_default(), values)
    }

    fn put(&mut self, stored: &Stored) {
        let unit = &stored.unit;
        let around = Around {
            arkivdel: unit.arkivdel.as_ref().and_then(|id| self.arkivdeler.get(id)).map(String::as_str),
            identity: &self.identity,
        };
        let values = rad::of_unit(stored, &around);
        let at = self.row_of(&unit.system_id);
        let parent = unit.parent.as_deref().map_or(NONE, |parent| self.row_of(parent));
        let by = self.system(stored.by.system.as_deref());
        let is = match (unit.kind, unit.type_name()) {
            (Kind::Mappe, Some("saksmappe")) => Is::Saksmappe,
            (Kind::Mappe, _) => Is::Mappe,
            (_, Some("journalpost")) => Is::Journalpost,
            _ => Is::Registrering,
        };
        let shield = self.shield(&unit.doc);
        self.write(at, &unit.system_id, &values);
        let row = &mut self.rows[at as usize];
        (row.parent, row.by, row.is, row.shield) = (parent, by, is, shield);
        self.put_documents(at, list(&unit.doc, "dokumentbeskrivelse"), by);
        self.compact();
    }

    fn put_documents(&mut self, registrering: u32, documents: &[Value], by: u32) {
        let Row { documents: first, document_count, .. } = self.rows[registrering as usize];
        let keeps = document_count as usize == documents.len();
        let from = if keeps { first } else { index(self.rows.len()) };
        if !keeps {
            for at in first..first.saturating_add(document_count) {
                let row = &mut self.rows[at as usize];
                self.garbage += row.length as usize;
                (row.is, row.length) = (Is::Nothing, 0);
            }
            self.rows.resize(self.rows.len() + documents.len(), EMPTY);
        }
        for (at, document) in (from..).zip(documents) {
            let id = document.get("systemID").and_then(Value::as_str).unwrap_or_default();
            let shield = self.shield(document);
            self.write(at, id, &rad::of_document(document));
            let row = &mut self.rows[at as usize];
            (row.parent, row.by, row.is, row.shield) = (registrering, by, Is::Dokumentbeskrivelse, shield);
        }
        let row = &mut self.rows[registrering as usize];
        (row.documents, row.document_count) = (from, index(documents.len()));
    }

    fn write(&mut self, at: u32, id: &str, values: &[u8]) {
        let row = &mut self.rows[at as usize];
        self.garbage += row.length as usize;
        row.start = self.bytes.len() as u64;
        let id_length = u8::try_from(id.len()).unwrap_or_default();
        self.bytes.push(id_length);
        self.bytes.extend(&id.as_bytes()[..usize::from(id_length)]);
        self.bytes.extend(values);
        row.length = index(self.bytes.len() - usize::try_from(row.start).unwrap_or_default());
    }

    /// Writes the bytes anew where half of them are of no use.
    fn compact(&mut self) {
        const WORTH_IT: usize = 1 << 20;
        if self.garbage < WORTH_IT || self.garbage * 2 < self.bytes.len() {
            return;
        }
        let mut kept = Vec::with_capacity(self.bytes.len() - self.garbage);
        for row in &mut self.rows {
            let from = usize::try_from(row.start).unwrap_or_default();
            row.start = kept.len() as u64;
            kept.extend(&self.bytes[from..from + row.length as usize]);
        }
        (self.bytes, self.garbage) = (kept, 0);
    }

    /// The row of a unit; one that is not there yet is made, with nothing in it.
    fn row_of(&mut self, system_id: &str) -> u32 {
        let next = index(self.rows.len());
        let at = *self.index.entry(key(system_id)).or_insert(next);
        if at == next {
            self.rows.push(EMPTY);
        }
        at
    }

    fn shield(&mut self, doc: &Value) -> u32 {
        let shield = Shield::of(doc);
        let next = index(self.shields.len());
        if let Some(known) = self.shield_index.get(&shield) {
            return *known;
        }
        self.shields.push(shield.clone());
        self.shield_index.insert(shield, next);
        next
    }

    fn system(&mut self, system: Option<&str>) -> u32 {
        let Some(system) = system else { return NONE };
        let known = self.systems.iter().position(|known| known == system);
        index(known.unwrap_or_else(|| {
            self.systems.push(system.to_owned());
            self.systems.len() - 1
        }))
    }
}

const EMPTY: Row = Row {
    start: 0,
    length: 0,
    parent: NONE,
    documents: 0,
    document_count: 0,
    shield: 0,
    by: NONE,
    is: Is::Nothing,
};

fn index(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(NONE)
}

/// A systemID as a number; they are UUIDs.
fn key(system_id: &str) -> u128 {
    let digits = system_id.bytes().filter_map(|byte| char::from(byte).to_digit(16));
    digits.fold(0, |key, digit| key << 4 | u128::from(digit))
}

pub(super) fn position(records: &Records) -> u64 {
    let stream = archive_stream(&records.tenant);
    records.view.position(&stream).map_or(0, |position| position.sequence)
}

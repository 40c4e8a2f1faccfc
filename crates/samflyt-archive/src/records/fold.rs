//! Folds the archive's log into the units as they are now, and the indexes that find them.

use std::collections::BTreeMap;
use std::sync::Arc;

use samflyt_events::TenantId;
use samflyt_events::subject::archive_tenant;
use samflyt_log::Entry;
use samflyt_noark::unit::{Edit, Unit};
use samflyt_projection::{Fold, FoldError, StoreError, Writer};
use serde_json::Value;

use super::keys::{Number, Of, Place};
use super::labels::{Labels, class_hash, first_class};
use super::reader::{Stored, place_of};
use super::{Change, Keys, Seal, Step};

pub(crate) struct RecordFold(pub Arc<Keys>);

impl Fold for RecordFold {
    const NAME: &'static str = "records";
    const VERSION: u32 = 4;

    fn fold(&self, entry: &Entry, stream: &str, writer: &mut Writer<'_>) -> Result<(), FoldError> {
        let tenant =
            archive_tenant(stream).ok_or_else(|| FoldError::Refused("it is no record".to_owned()))?;
        let seal = self.0.of(&tenant).ok_or(StoreError::Corrupt("the archive's key is not ready"))?;
        let change = open(entry, stream, &seal)?;
        let mut folding = Folding { tenant: &tenant, seal: &seal, writer, entry, change: &change };
        folding.run()
    }

    /// Units are written at random places, and are large: few share a block. All else grows or is small.
    fn block_entries(family: u8) -> usize {
        match family {
            b'u' => 4,
            b'x' | b'c' | b'b' | b'e' => 8,
            _ => 32,
        }
    }
}

/// A change as its message holds it.
pub(crate) fn open(entry: &Entry, stream: &str, seal: &Seal) -> Result<Change, StoreError> {
    let id = entry.header("Nats-Msg-Id").unwrap_or_default();
    let clear = seal.open(message_place(stream, id).as_bytes(), &entry.payload);
    let clear = clear.map_err(|_| StoreError::Corrupt("a record does not open under the archive's key"))?;
    serde_json::from_slice(&clear).map_err(|_| StoreError::Corrupt("a record is not of its form"))
}

/// What a message is sealed for.
pub(crate) fn message_place(stream: &str, id: &str) -> String {
    format!("{stream} {id}")
}

struct Folding<'f, 'w> {
    tenant: &'f TenantId,
    seal: &'f Seal,
    writer: &'f mut Writer<'w>,
    entry: &'f Entry,
    change: &'f Change,
}

impl Folding<'_, '_> {
    fn of(&self) -> Of<'_> {
        Of(self.tenant.as_str())
    }

    fn run(&mut self) -> Result<(), FoldError> {
        let sequence = self.entry.sequence;
        let mut touched = Vec::new();
        for (step, what) in (0_u16..).zip(&self.change.steps) {
            match what {
                Step::Created { unit, numbers } => {
                    self.create(unit, numbers, Place { sequence, step })?;
                    touched.push(&unit.system_id);
                }
                Step::Edited { system_id, parent, arkivdel, numbers, edits } => {
                    self.edit(system_id, parent.as_ref(), arkivdel.as_ref(), edits)?;
                    self.number(system_id, numbers);
                    touched.push(system_id);
                }
                Step::SeriesBegun { number, .. } => {
                    let key = self.of().begun(number.series, &number.of, number.year);
                    let value = serde_json::to_vec(what).unwrap_or_default();
                    self.put_sealed(key, &value)?;
                    self.count(number);
                }
                Step::Released { documents } => {
                    let at = self.change.at.unix_timestamp_nanos().to_be_bytes();
                    for digest in documents {
                        let key = self.of().released(digest);
                        self.writer.put(key, at);
                    }
                }
                Step::KeptElsewhere { arkivdel, names } => {
                    for name in names {
                        let key = self.of().elsewhere(elsewhere(self.seal, name));
                        self.writer.put(key, arkivdel.as_bytes());
                    }
                }
            }
        }
        let cause = self.seal.look_up(&["cause", &self.change.cause]);
        let (cause, all) = (self.of().cause(cause), self.of().touched(sequence));
        self.writer.put(cause, sequence.to_be_bytes());
        self.writer.put(all, serde_json::to_vec(&touched).unwrap_or_default());
        Ok(())
    }

    fn create(&mut self, unit: &Unit, numbers: &[Number], place: Place) -> Result<(), FoldError> {
        let stored = Stored {
            unit: unit.clone(),
            place,
            created_at: self.change.at,
            changed_at: self.change.at,
            by: self.change.by.clone(),
        };
        for (key, value) in index(self.of(), self.seal, &stored) {
            self.writer.put(key, value);
        }
        self.number(&unit.system_id, numbers);
        self.put_unit(&stored)
    }

    fn edit(
        &mut self,
        system_id: &str,
        parent: Option<&String>,
        arkivdel: Option<&String>,
        edits: &[Edit],
    ) -> Result<(), FoldError> {
        let key = self.of().unit(system_id);
        let sealed =
            self.writer.get(&key)?.ok_or(StoreError::Corrupt("a record that is not there was edited"))?;
        let mut stored = Stored::open(self.seal, &key, &sealed)?;
        let before = index(self.of(), self.seal, &stored);
        for edit in edits {
            apply(&mut stored.unit.doc, edit);
        }
        stored.unit.parent = parent.cloned().or(stored.unit.parent);
        stored.unit.arkivdel = arkivdel.cloned().or(stored.unit.arkivdel);
        stored.changed_at = self.change.at;
        let after = index(self.of(), self.seal, &stored);
        for key in before.keys().filter(|key| !after.contains_key(*key)) {
            self.writer.remove(key.clone());
        }
        for (key, value) in after {
            if before.get(&key) != Some(&value) {
                self.writer.put(key, value);
            }
        }
        self.put_unit(&stored)
    }

    fn number(&mut self, system_id: &str, numbers: &[Number]) {
        for number in numbers {
            let key = self.of().number(number);
            self.writer.put(key, system_id.as_bytes());
            self.count(number);
        }
    }

    fn count(&mut self, number: &Number) {
        let key = self.of().last(number.series, &number.of, number.year);
        self.writer.put(key, number.number.to_be_bytes());
    }

    /// A unit that this change touched.
    fn put_unit(&mut self, stored: &Stored) -> Result<(), FoldError> {
        let touched = self.of().in_history(&stored.unit.system_id, self.entry.sequence);
        self.writer.put(touched, Vec::new());
        let key = self.of().unit(&stored.unit.system_id);
        self.put_sealed(key, &serde_json::to_vec(stored).unwrap_or_default())
    }

    fn put_sealed(&mut self, key: Vec<u8>, clear: &[u8]) -> Result<(), FoldError> {
        let sealed = self.seal.seal(&place_of(&key), clear);
        let sealed = sealed.map_err(|_| StoreError::Corrupt("the archive's key does not seal"))?;
        self.writer.put(key, sealed);
        Ok(())
    }
}

/// All index entries of a unit: what finds it.
fn index(of: Of<'_>, seal: &Seal, stored: &Stored) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let unit = &stored.unit;
    let id = unit.system_id.as_bytes().to_vec();
    let mut entries = BTreeMap::from([(of.of_kind(unit.kind, stored.place), id.clone())]);
    for other in settled(&unit.doc) {
        entries.insert(of.settled(other, &unit.system_id), Vec::new());
    }
    if let Some(parent) = &unit.parent {
        entries.insert(of.child(parent, unit.kind, stored.place), id.clone());
    }
    if let Some(arkivdel) = unit.arkivdel.as_deref().filter(|_| unit.parent == unit.arkivdel) {
        let class = class_hash(seal, first_class(&unit.doc));
        entries.insert(of.placed(arkivdel, class, unit.kind, stored.place), id.clone());
    }
    for label in Labels::of(unit) {
        entries.insert(of.looked_up(label.hash(seal)), label.target.as_bytes().to_vec());
    }
    if let Some(day) = unit.text("/journaldato").and_then(|date| date.get(..10)) {
        entries.insert(of.dated(day, stored.place), id.clone());
    }
    for part in parts(&unit.doc) {
        if let Some(part_id) = part.get("systemID").and_then(Value::as_str) {
            entries.insert(of.part(part_id), id.clone());
        }
        if let Some(digest) = part.get("sjekksum").and_then(Value::as_str) {
            entries.insert(of.holder(digest, &unit.system_id), Vec::new());
        }
    }
    entries
}

/// What a name of something that an external archive keeps is looked up by.
pub(super) fn elsewhere(seal: &Seal, words: &[String]) -> [u8; 16] {
    let words: Vec<&str> = std::iter::once("elsewhere").chain(words.iter().map(String::as_str)).collect();
    seal.look_up(&words)
}

/// The dokumentbeskrivelser and dokumentobjekter of a registrering's document.
pub(crate) fn parts(doc: &Value) -> impl Iterator<Item = &Value> {
    described(doc).flat_map(|described| std::iter::once(described).chain(list(described, "dokumentobjekt")))
}

/// The parts of a moetesak that have documents, and what they call them.
pub(crate) const OF_MEETING: [(&str, &str); 2] =
    [("utredning", "utredningsdokumenter"), ("vedtak", "vedtaksdokumenter")];

/// The dokumentbeskrivelser of a registrering's document: its own, and those of its utredning and its vedtak.
pub(crate) fn described(doc: &Value) -> impl Iterator<Item = &Value> {
    let of_meeting = OF_MEETING.iter().filter_map(|(part, all)| Some(list(doc.get(*part)?, all)));
    list(doc, "dokumentbeskrivelse").iter().chain(of_meeting.flatten())
}

/// The systemIDs of the journalposter that avskrivninger of a journalpost's document refer to.
pub(crate) fn settled(doc: &Value) -> impl Iterator<Item = &str> {
    let written_off = list(doc, "korrespondansepart").iter().flat_map(|part| list(part, "avskrivning"));
    let references = ["referanseAvskrivesAvJournalpost", "referanseAvskriverJournalpost"];
    let member = move |one| references.into_iter().filter_map(move |member| Value::get(one, member));
    written_off.flat_map(member).filter_map(|reference| reference.get("systemID")?.as_str())
}

/// A member that is a list; empty where there is none.
pub(crate) fn list<'v>(doc: &'v Value, member: &str) -> &'v [Value] {
    doc.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Carries an edit out. A value is set where its pointer leads; objects on the way are made.
pub(crate) fn apply(doc: &mut Value, edit: &Edit) {
    let steps = edit.path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let mut steps: Vec<String> = steps.collect();
    let Some(last) = steps.pop() else { return };
    let mut at = doc;
    for step in steps {
        at = match at {
            Value::Array(items) => match step.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                Some(item) => item,
                None => return,
            },
            Value::Object(members) => {
                members.entry(step).or_insert_with(|| Value::Object(serde_json::Map::new()))
            }
            _ => return,
        };
    }
    match (at, &edit.new) {
        (Value::Object(members), Some(new)) => {
            members.insert(last, new.clone());
        }
        (Value::Object(members), None) => {
            members.remove(&last);
        }
        (Value::Array(items), Some(new)) => {
            if let Some(item) = last.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                *item = new.clone();
            }
        }
        _ => {}
    }
}

//! `endringslogg.xml`: the log read once, in order; and the units of the arkivdel, counted by it.

use std::collections::BTreeSet;

use samflyt_events::subject::archive_stream;
use samflyt_log::Follow;
use samflyt_noark::noark5::grammar::endringslogg::ROOT;
use samflyt_noark::noark5::say::{self, Changed};
use samflyt_noark::unit::{Edit, Kind, Unit};
use samflyt_noark::write::Writer;
use samflyt_projection::StoreError;
use samflyt_proto::archive::ExtractionProgress;
use samflyt_proto::archive::export_arkivdel_response::Part;
use serde_json::{Value, json};

use super::Extract;
use super::outgoing::{Ended, Outgoing, PIECE_BYTES, unsaid};
use crate::records::decide::calendar;
use crate::records::{Change, Step, Stored, open};

pub(super) const FILE: &str = "endringslogg.xml";
/// Progress is told after so many changes.
const TOLD_EVERY: u64 = 1000;

/// What the log says of the arkivdel.
#[derive(Debug, Default)]
pub(super) struct Logged {
    pub mapper: u64,
    pub registreringer: u64,
    pub endringer: u64,
}

pub(super) fn endringslogg(extract: &Extract, out: &mut Outgoing) -> Result<Logged, Ended> {
    let stream = archive_stream(&extract.records.tenant);
    let until = extract.scope.until;
    let follow = Follow { stream: stream.clone(), after: 0, headers_only: false };
    let mut follower = extract.archive.deps.log.follow(follow);
    let (handle, stop) = (tokio::runtime::Handle::current(), extract.archive.lifecycle.intake.clone());
    let mut reading = Reading { extract, writer: None, logged: Logged::default(), moved: BTreeSet::new() };
    let mut sequence = 0;
    while sequence < until {
        let entry = handle.block_on(stop.run_until_cancelled(follower.next()));
        let entry = entry.ok_or_else(super::grpc::stopping)?;
        sequence = entry.sequence;
        if sequence > until {
            break;
        }
        reading.read(&open(&entry, &stream, &extract.records.seal)?, out)?;
        if sequence.is_multiple_of(TOLD_EVERY) {
            let progress =
                ExtractionProgress { changes: sequence, changes_total: until, ..Default::default() };
            out.give(Part::Progress(progress))?;
        }
    }
    reading.count_moved()?;
    if let Some(mut writer) = reading.writer {
        writer.close();
        out.piece(FILE, writer.take())?;
    }
    Ok(reading.logged)
}

struct Reading<'r> {
    extract: &'r Extract,
    /// None: nothing was changed yet.
    writer: Option<Writer>,
    logged: Logged,
    /// Mapper and registreringer that came from or went to another arkivdel.
    moved: BTreeSet<String>,
}

impl Reading<'_> {
    fn read(&mut self, change: &Change, out: &mut Outgoing) -> Result<(), Ended> {
        for step in &change.steps {
            match step {
                Step::Created { unit, .. } => {
                    if self.is_created_in(unit)? {
                        self.count(unit.kind, 1);
                    }
                }
                Step::Edited { system_id, parent, arkivdel, edits, .. } => {
                    if arkivdel.is_some() {
                        self.moved.insert(system_id.clone());
                    }
                    self.edited(change, system_id, parent.as_deref(), edits, out)?;
                }
                Step::SeriesBegun { .. } | Step::Released { .. } | Step::KeptElsewhere { .. } => {}
            }
        }
        Ok(())
    }

    /// Whether a unit was made in what is extracted.
    fn is_created_in(&self, unit: &Unit) -> Result<bool, StoreError> {
        let scope = &self.extract.scope;
        if unit.arkivdel.as_deref() != Some(scope.id()) {
            return Ok(false);
        }
        if scope.period.is_none() {
            return Ok(true);
        }
        match self.extract.records.get(&unit.system_id)? {
            // What was moved away is counted as what it was, and again where all that was moved is.
            Some(mut stored) => {
                stored.unit.arkivdel.clone_from(&unit.arkivdel);
                scope.is_of(&self.extract.records, &stored)
            }
            None => Ok(false),
        }
    }

    fn count(&mut self, kind: Kind, by: i64) {
        let counted = match kind {
            Kind::Mappe => &mut self.logged.mapper,
            Kind::Registrering => &mut self.logged.registreringer,
            _ => return,
        };
        *counted = counted.saturating_add_signed(by);
    }

    /// Puts right what was counted where it was made and is elsewhere now.
    fn count_moved(&mut self) -> Result<(), Ended> {
        for id in std::mem::take(&mut self.moved) {
            let Some(stored) = self.extract.records.get(&id)? else { continue };
            let was = match self.extract.first(&id)? {
                Some(unit) => self.is_created_in(&unit)?,
                None => false,
            };
            let is = self.extract.scope.is_of(&self.extract.records, &stored)?;
            self.count(stored.unit.kind, i64::from(is) - i64::from(was));
        }
        Ok(())
    }

    fn edited(
        &mut self,
        change: &Change,
        system_id: &str,
        parent: Option<&str>,
        edits: &[Edit],
        out: &mut Outgoing,
    ) -> Result<(), Ended> {
        let Some(stored) = self.extract.records.get(system_id)? else { return Ok(()) };
        if !self.is_extracted(&stored)? {
            return Ok(());
        }
        let at = calendar::moment_text(change.at);
        let changed = Changed { at: &at, by: change.by.name() };
        let mut entries = say::endringer(&stored.unit, edits, changed);
        if let Some(to) = parent {
            let from = self.extract.parent_before(system_id, change)?;
            entries.push(say::moved(system_id, from.as_deref(), to, changed));
        }
        self.write(entries, system_id, out)
    }

    /// Whether `arkivstruktur.xml` has a unit.
    fn is_extracted(&self, stored: &Stored) -> Result<bool, StoreError> {
        let (scope, unit) = (&self.extract.scope, &stored.unit);
        let has_system = |id: &str| scope.systems().any(|system| system == id);
        match unit.kind {
            Kind::Arkiv => Ok(unit.system_id == scope.arkiv.unit.system_id),
            Kind::Arkivdel => Ok(unit.system_id == scope.id()),
            Kind::Klassifikasjonssystem => Ok(has_system(&unit.system_id)),
            Kind::Klasse => Ok(unit.text("/klassifikasjonssystem").is_some_and(has_system)),
            Kind::Mappe | Kind::Registrering => scope.is_of(&self.extract.records, stored),
        }
    }

    fn write(&mut self, entries: Vec<Value>, system_id: &str, out: &mut Outgoing) -> Result<(), Ended> {
        if entries.is_empty() {
            return Ok(());
        }
        self.logged.endringer += entries.len() as u64;
        let writer = self.writer.get_or_insert_with(|| {
            let mut writer = Writer::new();
            writer.open_root(&ROOT);
            writer
        });
        let entries = json!({ "endring": entries });
        writer.some(&ROOT.content.all(), &entries).map_err(unsaid(system_id))?;
        if writer.len() >= PIECE_BYTES { out.piece(FILE, writer.take()) } else { Ok(()) }
    }
}

impl Extract {
    /// The steps that touched a unit, oldest first, each with the change that it is of.
    fn steps_of(&self, system_id: &str) -> Result<Vec<Change>, Ended> {
        let handle = tokio::runtime::Handle::current();
        let recorder = &self.archive.recorder;
        let changes = self.records.history(system_id);
        changes.map(|sequence| Ok(handle.block_on(recorder.change(&self.records, sequence?))?)).collect()
    }

    /// A unit as it was made.
    fn first(&self, system_id: &str) -> Result<Option<Unit>, Ended> {
        let changes = self.steps_of(system_id)?;
        Ok(changes.into_iter().flat_map(|change| change.steps).find_map(|step| match step {
            Step::Created { unit, .. } if unit.system_id == system_id => Some(unit),
            _ => None,
        }))
    }

    /// What held a unit before a change moved it.
    fn parent_before(&self, system_id: &str, moved: &Change) -> Result<Option<String>, Ended> {
        let changes = self.steps_of(system_id)?;
        let before = changes.into_iter().take_while(|change| change.cause != moved.cause);
        let parents = before.flat_map(|change| change.steps).filter_map(|step| match step {
            Step::Created { unit, .. } if unit.system_id == system_id => unit.parent,
            Step::Edited { system_id: id, parent, .. } if id == system_id => parent,
            _ => None,
        });
        Ok(parents.last())
    }
}

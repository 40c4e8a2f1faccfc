//! The thread that folds: everything of a store is written by one.
//!
//! What was folded is shown as soon as nothing more is waiting, and stored in batches: when one is full, or when the lane
//! says that it is time.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering::Relaxed},
};

use samflyt_log::Entry;
use tokio::sync::mpsc;

use super::{
    lane::{Chunk, Lane, Signal, Work},
    status::Alarm,
};
use crate::{
    FoldError, StoreError, Writer,
    error::describe,
    pack::Writes,
    store::{Checkpoint, Position, panic_text},
    writer::Memory,
};

/// Events that are stored together at most.
const BATCH_MAX: usize = 200;

pub(super) struct Folder {
    lane: Arc<Lane>,
    checkpoint: Checkpoint,
    memory: Memory,
    /// Folded, and not shown yet.
    writes: Writes,
    folded: BTreeMap<Arc<str>, Position>,
    /// Shown, and not stored yet.
    shown: BTreeMap<Arc<str>, Position>,
    /// How many events are not stored yet.
    events: usize,
}

#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{stream}: {alarm}")]
    Alarm { stream: Arc<str>, alarm: Alarm },
}

impl Folder {
    pub fn start(lane: Arc<Lane>, checkpoint: Checkpoint, work: mpsc::Receiver<Work>) {
        let (tracked, broken) = (lane.parts.lifecycle.tracker.token(), lane.clone());
        let folder = Self {
            lane,
            checkpoint,
            memory: None,
            writes: Writes::new(),
            folded: BTreeMap::new(),
            shown: BTreeMap::new(),
            events: 0,
        };
        // No task of the runtime: one that is dropped would wait for it for ever.
        let thread = std::thread::Builder::new().name("fold".to_owned()).spawn(move || {
            let _tracked = tracked;
            folder.run_guarded(work);
        });
        if let Err(error) = thread {
            broken.stopped.cancel();
            let reason = format!("no thread: {error}");
            let _ = broken.parts.signals.try_send(Signal::Broken { lane: broken.id, alarm: false, reason });
        }
    }

    fn run_guarded(mut self, mut work: mpsc::Receiver<Work>) {
        let lane = self.lane.clone();
        let _stopped = lane.stopped.clone().drop_guard();
        let (alarm, reason) = match catch_unwind(AssertUnwindSafe(|| self.run(&mut work))) {
            Ok(Ok(())) => return,
            Ok(Err(broken)) => (matches!(broken, Broken::Alarm { .. }), describe(&broken)),
            Err(panic) => (false, format!("the fold panicked: {}", panic_text(&*panic))),
        };
        drop(work);
        let _ = lane.parts.signals.blocking_send(Signal::Broken { lane: lane.id, alarm, reason });
    }

    fn run(&mut self, work: &mut mpsc::Receiver<Work>) -> Result<(), Broken> {
        while let Some(first) = work.blocking_recv() {
            self.heed(first)?;
            while let Ok(next) = work.try_recv() {
                self.heed(next)?;
            }
            self.show();
            self.complete()?;
        }
        self.commit()?;
        Ok(self.lane.store.flush()?)
    }

    fn heed(&mut self, work: Work) -> Result<(), Broken> {
        match work {
            Work::Fold(chunk) => self.fold(chunk),
            Work::Store => Ok(self.commit()?),
        }
    }

    fn fold(&mut self, chunk: Chunk) -> Result<(), Broken> {
        for entry in chunk.entries {
            let folded = self.position(&chunk.stream).map_or(0, |position| position.sequence);
            if entry.sequence <= folded {
                continue;
            }
            if entry.sequence > folded + 1 {
                self.judge_gap(&chunk.stream, folded, entry.sequence)?;
            }
            self.fold_entry(&chunk.stream, &entry)?;
            let created = match self.folded.get(&chunk.stream) {
                Some(position) => position.created,
                None => self.lane.created(&chunk.stream),
            };
            self.folded.insert(chunk.stream.clone(), Position { sequence: entry.sequence, created });
            self.events += 1;
            if self.events >= BATCH_MAX {
                self.commit()?;
            }
        }
        Ok(())
    }

    fn position(&self, stream: &Arc<str>) -> Option<&Position> {
        [&self.folded, &self.shown, &self.checkpoint.positions].into_iter().find_map(|at| at.get(stream))
    }

    /// While everything is folded anew a gap is the log's own: folding it once more would find it again.
    fn judge_gap(&self, stream: &Arc<str>, folded: u64, found: u64) -> Result<(), Broken> {
        if folded > 0 && self.lane.complete.load(Relaxed) {
            return Err(Broken::Alarm { stream: stream.clone(), alarm: Alarm::Gap { folded, found } });
        }
        tracing::warn!(stream = &**stream, folded, found, "the log has a gap");
        Ok(())
    }

    fn fold_entry(&mut self, stream: &Arc<str>, entry: &Entry) -> Result<(), StoreError> {
        let mut writer =
            Writer { store: &self.lane.store, writes: &mut self.writes, memory: &mut self.memory };
        match (self.lane.parts.fold)(entry, stream, &mut writer) {
            Ok(()) => Ok(()),
            Err(FoldError::Refused(reason)) => {
                tracing::warn!(stream = &**stream, sequence = entry.sequence, reason, "an entry is skipped");
                Ok(())
            }
            Err(FoldError::Store(error)) => Err(error),
        }
    }

    /// Lets readers see what was folded.
    fn show(&mut self) {
        if self.folded.is_empty() {
            return;
        }
        self.lane.store.show(std::mem::take(&mut self.writes));
        self.lane.advance(&self.folded);
        self.shown.append(&mut self.folded);
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        if self.events == 0 {
            return Ok(());
        }
        self.show();
        self.checkpoint.complete = self.lane.complete.load(Relaxed);
        let checkpoint = std::mem::take(&mut self.checkpoint);
        self.checkpoint = self.lane.store.commit(checkpoint, &std::mem::take(&mut self.shown))?;
        self.events = 0;
        Ok(())
    }

    /// A store that takes over holds all that made it complete.
    fn complete(&mut self) -> Result<(), StoreError> {
        if self.lane.completes() {
            self.commit()?;
            let _ = self.lane.parts.signals.blocking_send(Signal::Complete { lane: self.lane.id });
        }
        Ok(())
    }
}

//! The thread that folds: everything of a store is written by one.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering::Relaxed},
};

use samflyt_log::Entry;
use tokio::sync::mpsc;

use super::{
    lane::{Chunk, Lane, Signal},
    status::Alarm,
};
use crate::{
    FoldError, StoreError, Writer,
    error::describe,
    pack::Writes,
    store::{Checkpoint, Position, panic_text},
    writer::Memory,
};

/// Events that are committed together at most.
const BATCH_MAX: usize = 200;

pub(super) struct Folder {
    lane: Arc<Lane>,
    checkpoint: Checkpoint,
    writes: Writes,
    memory: Memory,
    positions: BTreeMap<Arc<str>, Position>,
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
    pub fn start(lane: Arc<Lane>, checkpoint: Checkpoint, chunks: mpsc::Receiver<Chunk>) {
        let (tracked, broken) = (lane.parts.lifecycle.tracker.token(), lane.clone());
        let folder = Self {
            lane,
            checkpoint,
            writes: Writes::new(),
            memory: None,
            positions: BTreeMap::new(),
            events: 0,
        };
        // No task of the runtime: one that is dropped would wait for it for ever.
        let thread = std::thread::Builder::new().name("fold".to_owned()).spawn(move || {
            let _tracked = tracked;
            folder.run_guarded(chunks);
        });
        if let Err(error) = thread {
            broken.stopped.cancel();
            let reason = format!("no thread: {error}");
            let _ = broken.parts.signals.try_send(Signal::Broken { lane: broken.id, alarm: false, reason });
        }
    }

    fn run_guarded(mut self, mut chunks: mpsc::Receiver<Chunk>) {
        let lane = self.lane.clone();
        let _stopped = lane.stopped.clone().drop_guard();
        let (alarm, reason) = match catch_unwind(AssertUnwindSafe(|| self.run(&mut chunks))) {
            Ok(Ok(())) => return,
            Ok(Err(broken)) => (matches!(broken, Broken::Alarm { .. }), describe(&broken)),
            Err(panic) => (false, format!("the fold panicked: {}", panic_text(&*panic))),
        };
        drop(chunks);
        let _ = lane.parts.signals.blocking_send(Signal::Broken { lane: lane.id, alarm, reason });
    }

    fn run(&mut self, chunks: &mut mpsc::Receiver<Chunk>) -> Result<(), Broken> {
        while let Some(chunk) = chunks.blocking_recv() {
            self.fold(chunk)?;
            while let Ok(chunk) = chunks.try_recv() {
                self.fold(chunk)?;
            }
            self.commit()?;
        }
        Ok(self.lane.store.flush()?)
    }

    fn fold(&mut self, chunk: Chunk) -> Result<(), Broken> {
        for entry in chunk.entries {
            let known =
                self.positions.get(&chunk.stream).or_else(|| self.checkpoint.positions.get(&chunk.stream));
            let known = known.copied();
            let folded = known.map_or(0, |position| position.sequence);
            if entry.sequence <= folded {
                continue;
            }
            if entry.sequence > folded + 1 {
                self.judge_gap(&chunk.stream, folded, entry.sequence)?;
            }
            self.fold_entry(&chunk.stream, &entry)?;
            let created = match self.positions.get(&chunk.stream) {
                Some(position) => position.created,
                None => self.lane.created(&chunk.stream),
            };
            self.positions.insert(chunk.stream.clone(), Position { sequence: entry.sequence, created });
            self.events += 1;
            if self.events >= BATCH_MAX {
                self.commit()?;
            }
        }
        Ok(())
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

    fn commit(&mut self) -> Result<(), StoreError> {
        if self.events == 0 {
            return Ok(());
        }
        self.checkpoint.complete = self.lane.complete.load(Relaxed);
        let writes = std::mem::take(&mut self.writes);
        let positions = std::mem::take(&mut self.positions);
        self.checkpoint = self.lane.store.commit(std::mem::take(&mut self.checkpoint), writes, &positions)?;
        self.events = 0;
        self.lane.advance(&positions);
        if self.lane.completes() {
            let _ = self.lane.parts.signals.blocking_send(Signal::Complete { lane: self.lane.id });
        }
        Ok(())
    }
}

//! One store and what is folding into it: a thread, and a feeder per stream.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use samflyt_log::{Entry, StreamState};
use tokio::{
    sync::{mpsc, watch},
    time::MissedTickBehavior,
};
use tokio_util::sync::CancellationToken;

use super::{
    FoldFn, Lifecycle, Progress, feeder,
    folder::Folder,
    status::{Alarm, Status},
};
use crate::{
    Clock, ProjectionConfig, Source, View,
    store::{Checkpoint, Position, Store},
};

/// What every lane is made of.
#[derive(Clone)]
pub(super) struct Parts {
    pub fold: FoldFn,
    pub source: Arc<dyn Source>,
    pub config: ProjectionConfig,
    pub clock: Clock,
    pub signals: mpsc::Sender<Signal>,
    pub lifecycle: Lifecycle,
}

/// What a lane tells its supervisor.
pub(super) enum Signal {
    /// It cannot go on.
    Broken { lane: u64, alarm: bool, reason: String },
    /// It has caught up for the first time.
    Complete { lane: u64 },
}

/// Entries of a stream, in order.
pub(super) struct Chunk {
    pub stream: Arc<str>,
    pub entries: Vec<Entry>,
}

/// What the thread is given to do.
pub(super) enum Work {
    Fold(Chunk),
    /// Store what was folded.
    Store,
}

/// Chunks that wait for the thread. Feeders queue for a place in turn: a backlog delays others by its place at most.
const WORK_MAX: usize = 8;

pub(super) struct Lane {
    pub id: u64,
    pub store: Arc<Store>,
    pub parts: Parts,
    /// Ends the feeders, then the thread.
    pub stop: CancellationToken,
    /// The thread has ended.
    pub stopped: CancellationToken,
    pub complete: AtomicBool,
    statuses: Mutex<BTreeMap<Arc<str>, Status>>,
    /// Weak: the thread ends when the task that keeps the channel open is gone, however it went.
    work: mpsc::WeakSender<Work>,
    /// Told of all that becomes visible; a lane that is being built tells nobody.
    commits: ArcSwap<watch::Sender<u64>>,
}

impl Lane {
    pub fn start(
        parts: Parts,
        store: Arc<Store>,
        checkpoint: Checkpoint,
        commits: watch::Sender<u64>,
    ) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (sender, receiver) = mpsc::channel(WORK_MAX);
        let statuses =
            checkpoint.positions.iter().map(|(stream, position)| (stream.clone(), Status::at(*position)));
        let lane = Arc::new(Self {
            id: NEXT.fetch_add(1, Relaxed),
            store,
            stop: parts.lifecycle.shutdown.child_token(),
            stopped: CancellationToken::new(),
            complete: AtomicBool::new(checkpoint.complete),
            statuses: Mutex::new(statuses.collect()),
            work: sender.downgrade(),
            commits: ArcSwap::from_pointee(commits),
            parts,
        });
        Folder::start(lane.clone(), checkpoint, receiver);
        let store = store_at_times(lane.stop.clone(), lane.parts.config.store_every_ms, sender);
        lane.parts.lifecycle.tracker.spawn(store);
        lane
    }

    /// Feeds a stream into the fold. Call once per stream.
    pub fn follow(self: &Arc<Self>, stream: &Arc<str>) {
        let Some(work) = self.work.upgrade() else { return };
        self.statuses.lock().entry(stream.clone()).or_default();
        self.parts.lifecycle.tracker.spawn(feeder::feed(self.clone(), stream.clone(), work));
    }

    pub fn sequence(&self, stream: &str) -> u64 {
        self.statuses.lock().get(stream).map_or(0, |status| status.sequence)
    }

    pub fn caught_up_at(&self, stream: &str) -> Option<Instant> {
        self.statuses.lock().get(stream).and_then(|status| status.caught_up_at)
    }

    pub fn created(&self, stream: &str) -> i128 {
        self.statuses.lock().get(stream).and_then(|status| status.created).unwrap_or_default()
    }

    /// The positions are taken before the caller reads an entry.
    pub fn view(&self) -> View {
        let statuses = self.statuses.lock();
        let positions = statuses.iter().map(|(stream, status)| status.position(stream)).collect();
        let rebuilding = !self.complete.load(Relaxed) && !statuses.is_empty();
        View { store: self.store.clone(), positions, rebuilding }
    }

    pub fn progress(&self) -> Progress {
        let mut progress = Progress::default();
        for position in self.view().positions() {
            progress.folded += position.sequence;
            progress.head += position.head;
        }
        progress
    }

    /// Takes in where the log says a stream ends; `folded` and `asked` are from before it was asked.
    pub fn observe(
        &self,
        stream: &str,
        folded: u64,
        asked: Instant,
        state: &StreamState,
    ) -> Result<(), Alarm> {
        let now = (self.parts.clock)();
        match self.statuses.lock().get_mut(stream) {
            Some(status) => status.observe(folded, asked, state, now),
            None => Ok(()),
        }
    }

    pub fn see_head(&self, stream: &str, head: u64) {
        let now = (self.parts.clock)();
        if let Some(status) = self.statuses.lock().get_mut(stream) {
            status.see_head(head, now);
        }
    }

    /// Makes positions visible, whose entries are.
    pub fn advance(&self, positions: &BTreeMap<Arc<str>, Position>) {
        let mut statuses = self.statuses.lock();
        for (stream, position) in positions {
            statuses.entry(stream.clone()).or_default().advance(position.sequence);
        }
        drop(statuses);
        self.commits.load().send_modify(|count| *count += 1);
    }

    /// Tells others of its progress from now on.
    pub fn publish_to(&self, commits: &watch::Sender<u64>) {
        self.commits.store(Arc::new(commits.clone()));
    }

    /// Whether this is the moment that everything is folded up to where the log once ended.
    pub fn completes(&self) -> bool {
        if self.complete.load(Relaxed) {
            return false;
        }
        let statuses = self.statuses.lock();
        let reached = !statuses.is_empty() && statuses.values().all(|status| status.reached);
        reached && !self.complete.swap(true, Relaxed)
    }

    pub async fn signal_if_complete(&self) {
        if self.completes() {
            let _ = self.parts.signals.send(Signal::Complete { lane: self.id }).await;
        }
    }

    pub async fn break_down(&self, stream: &str, alarm: Alarm) {
        let reason = format!("{stream}: {alarm}");
        let _ = self.parts.signals.send(Signal::Broken { lane: self.id, alarm: true, reason }).await;
    }
}

/// Keeps the channel open until the lane stops, and has what was folded stored from time to time.
async fn store_at_times(stop: CancellationToken, every_ms: u64, work: mpsc::Sender<Work>) {
    let mut ticks = tokio::time::interval(Duration::from_millis(every_ms.max(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    stop.run_until_cancelled(async {
        loop {
            ticks.tick().await;
            if work.send(Work::Store).await.is_err() {
                return;
            }
        }
    })
    .await;
}

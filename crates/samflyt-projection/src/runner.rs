//! Running a fold: streams in, views out.

mod feeder;
mod folder;
mod hub;
mod lane;
mod poller;
mod status;
mod supervisor;

use std::{sync::Arc, time::Instant};

use parking_lot::Mutex;
use samflyt_log::{Entry, Log};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Clock, Fold, FoldError, ProjectionConfig, ProjectionError, Source, StoreError, View, Writer,
    store::{Directory, Layout},
};
use hub::{Hub, Order};
use lane::Lane;
use supervisor::Supervisor;

type FoldFn = Arc<dyn Fn(&Entry, &str, &mut Writer<'_>) -> Result<(), FoldError> + Send + Sync>;

/// What ends the tasks, and what knows of them.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    pub shutdown: CancellationToken,
    pub tracker: TaskTracker,
}

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Sum of the sequences folded, over all streams.
    pub folded: u64,
    /// Sum of the last sequences of all streams.
    pub head: u64,
    /// The new state has taken over.
    pub done: bool,
    /// It was given up; the old state is as it was. A log line says why.
    pub failed: bool,
}

/// A running projection. Cheap to clone; it ends with its [`Lifecycle`].
#[derive(Clone)]
pub struct Runner {
    hub: Arc<Hub>,
}

impl Runner {
    /// Opens, verifies and begins; follows nothing yet. What cannot be trusted was set aside when this returns.
    ///
    /// # Errors
    /// [`ProjectionError`] where not even an empty store can be opened.
    pub async fn start<F: Fold>(
        fold: F,
        log: Log,
        config: ProjectionConfig,
        clock: Clock,
        lifecycle: Lifecycle,
    ) -> Result<Self, ProjectionError> {
        Self::start_with_source(fold, Arc::new(log), config, clock, lifecycle).await
    }

    /// As [`Runner::start`], from anything that gives entries.
    ///
    /// # Errors
    /// As [`Runner::start`].
    pub async fn start_with_source<F: Fold>(
        fold: F,
        source: Arc<dyn Source>,
        config: ProjectionConfig,
        clock: Clock,
        lifecycle: Lifecycle,
    ) -> Result<Self, ProjectionError> {
        let layout = Layout { name: F::NAME, version: F::VERSION, block_entries: F::block_entries };
        let fold: FoldFn = Arc::new(move |entry, stream, writer| fold.fold(entry, stream, writer));
        let opening = config.clone();
        let opened = lifecycle.tracker.spawn_blocking(move || {
            let directory = Directory::take(opening, layout)?;
            let (store, checkpoint) = directory.open_current()?;
            Ok((Arc::new(directory), store, checkpoint))
        });
        let (directory, store, checkpoint) = match opened.await {
            Ok(opened) => opened.map_err(|error: ProjectionError| error)?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        let (signals, received) = mpsc::channel(64);
        let parts = lane::Parts { fold, source, config, clock, signals, lifecycle };
        let commits = watch::Sender::new(0);
        let lane = Lane::start(parts.clone(), store, checkpoint, commits.clone());
        let (orders, ordered) = mpsc::channel(16);
        let hub = Arc::new(Hub::new(parts, lane, commits, orders));
        Supervisor::start(hub.clone(), directory, received, ordered);
        Ok(Self { hub })
    }

    /// Folds a stream too, from its checkpoint on; one that is followed already goes on as it is.
    pub fn follow(&self, stream: &str) {
        self.hub.follow(stream);
    }

    /// The state as of now.
    pub fn view(&self) -> View {
        self.hub.current().view()
    }

    /// A key's value as of now, for who needs no position: a [`View`] counts all streams.
    ///
    /// # Errors
    /// [`StoreError`] where the store cannot be read.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.hub.current().store.get(key)
    }

    /// Folds everything anew beside the current state, which goes on being served until the new one has caught up.
    /// Asked for while one is under way, it joins that one.
    pub async fn rebuild(&self) -> watch::Receiver<Progress> {
        let (reply, answer) = oneshot::channel();
        let asked = self.hub.orders.send(Order::Rebuild(reply)).await;
        match asked.is_ok().then_some(answer) {
            Some(answer) => answer.await.unwrap_or_else(|_| gone()),
            None => gone(),
        }
    }

    /// Returns once everything up to a sequence is folded and visible. For ever, where the log never gets there.
    pub async fn wait_for(&self, stream: &str, sequence: u64) {
        let mut commits = self.hub.commits.subscribe();
        while self.hub.current().sequence(stream) < sequence {
            if commits.changed().await.is_err() {
                return;
            }
        }
    }

    /// The last moment of which it is known that everything then in the stream is folded by now. Asked of the log once a
    /// second, so it is a second old at best.
    pub fn caught_up_at(&self, stream: &str) -> Option<Instant> {
        self.hub.current().caught_up_at(stream)
    }

    /// Changes when more becomes visible, and when a rebuilt state takes over.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.hub.commits.subscribe()
    }

    /// How often the log had a gap, or was not the one that was folded, since the start.
    pub fn alarms(&self) -> u64 {
        self.hub.alarms.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Returns when the projection has ended: with its [`Lifecycle`], or because it cannot go on.
    ///
    /// # Errors
    /// [`ProjectionError`] where it cannot go on: the process should end. Given to the first who asks.
    pub async fn ended(&self) -> Result<(), ProjectionError> {
        self.hub.ended.cancelled().await;
        self.hub.failure.lock().take().map_or(Ok(()), Err)
    }
}

fn gone() -> watch::Receiver<Progress> {
    watch::Sender::new(Progress { failed: true, ..Progress::default() }).subscribe()
}

type Failure = Mutex<Option<ProjectionError>>;

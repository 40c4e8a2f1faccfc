//! What the tasks of a projection share: the lane that is served, the one that is being built, the streams.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::AtomicU64},
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Failure, Progress,
    lane::{Lane, Parts},
};

pub(super) enum Order {
    Rebuild(oneshot::Sender<watch::Receiver<Progress>>),
}

/// What the tasks of a projection share.
pub(super) struct Hub {
    pub parts: Parts,
    pub commits: watch::Sender<u64>,
    pub orders: mpsc::Sender<Order>,
    pub alarms: AtomicU64,
    pub ended: CancellationToken,
    pub failure: Failure,
    pub(super) current: ArcSwap<Lane>,
    pub(super) building: Mutex<Option<Building>>,
    pub(super) streams: Mutex<BTreeSet<Arc<str>>>,
}

#[derive(Clone)]
pub(super) struct Building {
    pub lane: Arc<Lane>,
    pub progress: watch::Sender<Progress>,
}

impl Hub {
    pub fn new(
        parts: Parts,
        lane: Arc<Lane>,
        commits: watch::Sender<u64>,
        orders: mpsc::Sender<Order>,
    ) -> Self {
        Self {
            parts,
            commits,
            orders,
            alarms: AtomicU64::new(0),
            ended: CancellationToken::new(),
            failure: Mutex::new(None),
            current: ArcSwap::new(lane),
            building: Mutex::new(None),
            streams: Mutex::new(BTreeSet::new()),
        }
    }

    pub fn current(&self) -> Arc<Lane> {
        self.current.load_full()
    }

    pub fn streams(&self) -> Vec<Arc<str>> {
        self.streams.lock().iter().cloned().collect()
    }

    pub fn lanes(&self) -> impl Iterator<Item = Arc<Lane>> {
        let building = self.building.lock().as_ref().map(|building| building.lane.clone());
        std::iter::once(self.current()).chain(building)
    }

    /// The streams are locked while lanes change too, so that no lane misses one.
    pub fn follow(&self, stream: &str) {
        let mut streams = self.streams.lock();
        let stream: Arc<str> = stream.into();
        if streams.insert(stream.clone()) {
            self.lanes().for_each(|lane| lane.follow(&stream));
        }
    }

    pub fn report_progress(&self) {
        if let Some(building) = &*self.building.lock() {
            building.progress.send_replace(building.lane.progress());
        }
    }
}

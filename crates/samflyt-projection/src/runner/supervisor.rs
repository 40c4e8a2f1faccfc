//! Which lane is served: replaces one that broke, and lets a rebuilt one take over.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use tokio::sync::{mpsc, watch};

use super::{
    Progress,
    hub::{Building, Hub, Order},
    lane::{Lane, Signal},
    poller,
};
use crate::{
    ProjectionError,
    store::{Checkpoint, Directory, Store},
};

/// Stores that are set aside in a row, without one of them catching up between.
const RECOVERIES_MAX: u32 = 2;

pub(super) struct Supervisor {
    hub: Arc<Hub>,
    directory: Arc<Directory>,
    recoveries: u32,
}

impl Supervisor {
    pub fn start(
        hub: Arc<Hub>,
        directory: Arc<Directory>,
        signals: mpsc::Receiver<Signal>,
        orders: mpsc::Receiver<Order>,
    ) {
        let lifecycle = hub.parts.lifecycle.clone();
        let (polled, shutdown) = (hub.clone(), lifecycle.shutdown.clone());
        let ended = hub.ended.clone();
        lifecycle.tracker.spawn(async move {
            tokio::select! {
                () = poller::poll(polled) => {}
                () = shutdown.cancelled() => {}
                () = ended.cancelled() => {}
            }
        });
        let supervisor = Self { hub, directory, recoveries: 0 };
        lifecycle.tracker.spawn(supervisor.run(signals, orders));
    }

    async fn run(mut self, mut signals: mpsc::Receiver<Signal>, mut orders: mpsc::Receiver<Order>) {
        let hub = self.hub.clone();
        let shutdown = hub.parts.lifecycle.shutdown.clone();
        let _ended = hub.ended.clone().drop_guard();
        loop {
            let done = tokio::select! {
                () = shutdown.cancelled() => return,
                Some(signal) = signals.recv() => self.heed(signal).await,
                Some(Order::Rebuild(reply)) = orders.recv() => {
                    let _ = reply.send(self.rebuild().await);
                    Ok(())
                }
            };
            if let Err(error) = done {
                tracing::error!(error = &error as &dyn std::error::Error, "the projection cannot go on");
                hub.lanes().for_each(|lane| lane.stop.cancel());
                *hub.failure.lock() = Some(error);
                return;
            }
        }
    }

    async fn heed(&mut self, signal: Signal) -> Result<(), ProjectionError> {
        let building = self.hub.building.lock().clone();
        match signal {
            Signal::Complete { lane } if lane == self.hub.current().id => {
                self.recoveries = 0;
                let store = self.hub.current().store.clone();
                self.blocking(move |directory| directory.caught_up(&store)).await?;
            }
            Signal::Complete { lane } => {
                if let Some(building) = building.filter(|building| building.lane.id == lane) {
                    self.take_over(&building)?;
                }
            }
            Signal::Broken { lane, alarm, reason } => {
                let known = self.hub.lanes().any(|known| known.id == lane);
                if alarm && known {
                    self.hub.alarms.fetch_add(1, Relaxed);
                }
                if lane == self.hub.current().id {
                    tracing::error!(alarm, reason, "the projection is set aside and folded anew");
                    self.recover(reason).await?;
                } else if let Some(building) = building.filter(|building| building.lane.id == lane) {
                    tracing::error!(alarm, reason, "the rebuild of the projection is given up");
                    self.give_up(&building);
                }
            }
        }
        Ok(())
    }

    /// An empty store in place of the current one.
    async fn recover(&mut self, reason: String) -> Result<(), ProjectionError> {
        let old = self.hub.current();
        let building = self.hub.building.lock().clone();
        if let Some(building) = building {
            self.give_up(&building);
        }
        old.stop.cancel();
        old.stopped.cancelled().await;
        self.recoveries += 1;
        if self.recoveries > RECOVERIES_MAX {
            let name = self.directory.name();
            return Err(ProjectionError::KeepsFailing { name, times: self.recoveries, reason });
        }
        let path = old.store.path().clone();
        let (store, checkpoint) = self
            .blocking(move |directory| {
                directory.set_aside(&path)?;
                let opened = directory.open_new()?;
                directory.begin(&opened.0)?;
                Ok(opened)
            })
            .await?;
        let streams = self.hub.streams.lock();
        let lane = self.lane(store, checkpoint, self.hub.commits.clone());
        streams.iter().for_each(|stream| lane.follow(stream));
        self.hub.current.store(lane);
        Ok(())
    }

    async fn rebuild(&mut self) -> watch::Receiver<Progress> {
        if let Some(building) = &*self.hub.building.lock() {
            return building.progress.subscribe();
        }
        let progress = watch::Sender::new(self.hub.current().progress());
        let answer = progress.subscribe();
        match self.blocking(Directory::open_new).await {
            Ok((store, checkpoint)) => {
                let streams = self.hub.streams.lock();
                let lane = self.lane(store, checkpoint, watch::Sender::new(0));
                progress.send_modify(|progress| progress.folded = 0);
                streams.iter().for_each(|stream| lane.follow(stream));
                *self.hub.building.lock() = Some(Building { lane, progress });
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the projection cannot be rebuilt");
                progress.send_modify(|progress| progress.failed = true);
            }
        }
        answer
    }

    fn take_over(&self, building: &Building) -> Result<(), ProjectionError> {
        let lane = &building.lane;
        self.directory.take_over(&lane.store)?;
        let old = {
            let _streams = self.hub.streams.lock();
            self.hub.building.lock().take();
            lane.publish_to(&self.hub.commits);
            self.hub.current.swap(lane.clone())
        };
        old.store.doom();
        old.stop.cancel();
        self.hub.commits.send_modify(|count| *count += 1);
        building.progress.send_replace(Progress { done: true, ..lane.progress() });
        Ok(())
    }

    fn give_up(&self, building: &Building) {
        self.hub.building.lock().take();
        building.lane.store.doom();
        building.lane.stop.cancel();
        building.progress.send_modify(|progress| progress.failed = true);
    }

    fn lane(&self, store: Arc<Store>, checkpoint: Checkpoint, commits: watch::Sender<u64>) -> Arc<Lane> {
        Lane::start(self.hub.parts.clone(), store, checkpoint, commits)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Directory) -> Result<T, ProjectionError> + Send + 'static,
    ) -> Result<T, ProjectionError> {
        let directory = self.directory.clone();
        match self.hub.parts.lifecycle.tracker.spawn_blocking(move || work(&directory)).await {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
}

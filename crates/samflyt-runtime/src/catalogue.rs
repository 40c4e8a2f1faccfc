//! The catalogue, followed: every service holds the whole of it in memory, folded from the registry's streams, and sees
//! a change within milliseconds.

use std::collections::BTreeSet;
use std::sync::Arc;

use arc_swap::ArcSwap;
use samflyt_events::catalogue::{Catalogue, Placed, Record};
use samflyt_events::subject::{REGISTRY_STREAM, tenant_registry_stream};
use samflyt_events::{OrganisationNumber, TenantId};
use samflyt_log::{Entry, Follow, Log, StreamError};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::lifecycle::Lifecycle;

/// How many entries are folded before the result is shown.
const BATCH_MAX: usize = 1_000;

/// The catalogue as it is now. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CatalogueFeed {
    current: Arc<ArcSwap<Catalogue>>,
    changes: watch::Receiver<u64>,
}

impl CatalogueFeed {
    /// Follows the registry, and returns when everything that was there is folded.
    ///
    /// # Errors
    /// [`StreamError`] where the broker does not answer.
    pub async fn follow(log: &Log, lifecycle: &Lifecycle) -> Result<Self, StreamError> {
        log.ensure_registry().await?;
        let current = Arc::new(ArcSwap::from_pointee(Catalogue::default()));
        let (changed, changes) = watch::channel(0);
        let (entries, received) = mpsc::channel(BATCH_MAX);
        let feed = Self { current: Arc::clone(&current), changes };
        let task =
            FoldTask { log: log.clone(), lifecycle: lifecycle.clone(), entries, received, current, changed };
        lifecycle.spawn("catalogue", task.run());
        feed.catch_up(log, REGISTRY_STREAM).await?;
        let tenants: Vec<TenantId> = feed.get().tenants().map(|tenant| tenant.id.clone()).collect();
        for tenant in tenants {
            feed.catch_up(log, &tenant_registry_stream(&tenant)).await?;
        }
        Ok(feed)
    }

    async fn catch_up(&self, log: &Log, stream: &str) -> Result<(), StreamError> {
        if let Some(state) = log.state(stream).await? {
            self.reached(stream, state.last).await;
        }
        Ok(())
    }

    /// The catalogue as it is now.
    pub fn get(&self) -> arc_swap::Guard<Arc<Catalogue>> {
        self.current.load()
    }

    /// Counts up whenever the catalogue has changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    /// Calls for each tenant once: those there are, then each that comes, until told to stop.
    pub async fn for_each_tenant(&self, stop: CancellationToken, mut call: impl FnMut(TenantId)) {
        let mut changes = self.changes();
        let mut called = BTreeSet::new();
        loop {
            let tenants: Vec<TenantId> = self.get().tenants().map(|tenant| tenant.id.clone()).collect();
            for tenant in tenants {
                if called.insert(tenant.clone()) {
                    call(tenant);
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Waits until a position of a registry stream is folded.
    pub async fn reached(&self, stream: &str, sequence: u64) {
        let mut changes = self.changes.clone();
        // An error means that the process ends; whoever waits is dropped with it.
        let _ = changes.wait_for(|_| self.get().position(stream) >= sequence).await;
    }
}

struct FoldTask {
    log: Log,
    lifecycle: Lifecycle,
    entries: mpsc::Sender<(Arc<str>, Entry)>,
    received: mpsc::Receiver<(Arc<str>, Entry)>,
    current: Arc<ArcSwap<Catalogue>>,
    changed: watch::Sender<u64>,
}

impl FoldTask {
    async fn run(mut self) -> Result<(), String> {
        let mut followed = BTreeSet::new();
        self.follow_stream(REGISTRY_STREAM);
        let mut batch = Vec::new();
        loop {
            batch.clear();
            tokio::select! {
                () = self.lifecycle.services.cancelled() => return Ok(()),
                count = self.received.recv_many(&mut batch, BATCH_MAX) => if count == 0 { return Ok(()) },
            }
            let mut catalogue = Catalogue::clone(&self.current.load());
            for (stream, entry) in &batch {
                fold(&mut catalogue, stream, entry);
            }
            let tenants: Vec<TenantId> = catalogue.tenants().map(|tenant| tenant.id.clone()).collect();
            self.current.store(Arc::new(catalogue));
            self.changed.send_modify(|count| *count += 1);
            for tenant in tenants {
                let stream = tenant_registry_stream(&tenant);
                if followed.insert(tenant) {
                    self.follow_stream(&stream);
                }
            }
        }
    }

    fn follow_stream(&self, stream: &str) {
        let follow = Follow { stream: stream.to_owned(), after: 0, headers_only: false };
        let mut follower = self.log.follow(follow);
        let (entries, stop, stream) =
            (self.entries.clone(), self.lifecycle.services.clone(), Arc::from(stream));
        self.lifecycle.spawn("catalogue stream", async move {
            loop {
                let entry = tokio::select! {
                    () = stop.cancelled() => return Ok::<(), String>(()),
                    entry = follower.next() => entry,
                };
                if entries.send((Arc::clone(&stream), entry)).await.is_err() {
                    return Ok(());
                }
            }
        });
    }
}

fn fold(catalogue: &mut Catalogue, stream: &str, entry: &Entry) {
    let by = entry.header("ce-publisher").and_then(|publisher| OrganisationNumber::new(publisher).ok());
    let placed =
        Placed { stream, subject: &entry.subject, sequence: entry.sequence, at: entry.learned_at, by };
    match serde_json::from_slice::<Record>(&entry.payload) {
        Ok(record) => catalogue.apply(&placed, &record.event),
        Err(error) => {
            // A later version of the hub wrote it, or a foreign hand.
            tracing::error!(stream, sequence = entry.sequence, %error, "an entry of the registry cannot be read");
        }
    }
}

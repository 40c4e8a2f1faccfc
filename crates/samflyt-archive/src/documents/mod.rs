//! Documents in and out, with fixity.
//!
//! Consumes documents, over gRPC and HTTP; emits nothing to the log: a document becomes part of it when a record refers to
//! it. Keeps true: a receipt names a document that is on disk and was read back; what is given out is what was stored, to
//! the bit, or is refused by name; what is remembered beside the documents can be lost, and is made anew from them.

mod cards;
mod decide;
mod deposit;
mod digest;
mod download;
mod error;
mod fixity;
mod format;
mod grpc;
mod http;
mod intake;
mod judge;
mod known;
mod locks;
mod metrics;
mod removal;
mod rooms;
mod staging;
mod store;

use std::path::Path;
use std::sync::Arc;

use samflyt_events::catalogue::Scope;
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::archive::archive_service_server::ArchiveServiceServer;
use samflyt_runtime::{Caller, Deps, Lifecycle};

use crate::{Archive, ArchiveConfig, door};
use cards::Cards;
use format::Policy;
use known::Fact;
use locks::{DocumentLocks, ReferenceLocks};
use metrics::DocumentMetrics;
use rooms::Rooms;
use staging::Staging;
use store::Documents;

pub use digest::Digest;
pub(crate) use download::Download;
pub use error::StoreError;
pub(crate) use intake::Arrived;
pub(crate) use locks::Referring;
pub(crate) use removal::Removal;

/// Documents, and what is known of them.
pub(crate) struct DocumentStore {
    deps: Deps,
    config: ArchiveConfig,
    policy: Policy,
    documents: Documents,
    facts: Cards<Fact>,
    rooms: Rooms,
    staging: Staging,
    locks: DocumentLocks,
    references: ReferenceLocks,
    metrics: DocumentMetrics,
    lifecycle: Lifecycle,
}

impl DocumentStore {
    pub fn open(
        config: ArchiveConfig,
        deps: Deps,
        lifecycle: &Lifecycle,
        dir: &Path,
    ) -> Result<Self, StoreError> {
        let documents = Documents::in_folder(&dir.join("documents"))?;
        let metrics = DocumentMetrics::new();
        let findings = Cards::in_folder(dir.join("findings"));
        Ok(Self {
            deps,
            policy: Policy::new(&config),
            config,
            rooms: Rooms::new(documents.clone(), findings, metrics.clone()),
            documents,
            facts: Cards::in_folder(dir.join("facts")),
            staging: Staging::in_folder(dir.join("uploads"))?,
            locks: DocumentLocks::default(),
            references: ReferenceLocks::default(),
            metrics,
            lifecycle: lifecycle.clone(),
        })
    }

    fn admit(&self, caller: &Caller, tenant: &TenantId) -> Result<(), Refusal> {
        door::admit(&self.deps, caller, Scope::Archive, tenant, None)
    }

    /// Counts what each tenant has before anybody has to wait for that.
    fn enter_rooms(self: &Arc<Self>) {
        let (store, stop) = (Arc::clone(self), self.lifecycle.services.clone());
        self.lifecycle.spawn("archive tenants", async move {
            let feed = store.deps.feed.clone();
            feed.for_each_tenant(stop.clone(), |tenant| {
                let (store, stop) = (Arc::clone(&store), stop.clone());
                store.lifecycle.clone().tasks().spawn(async move {
                    // A store that fails is told of to whoever needs it, and is asked again then.
                    if let Some(Err(error)) = stop.run_until_cancelled(store.rooms.of(&tenant)).await {
                        tracing::warn!(%tenant, %error, "the documents of a tenant could not be counted");
                    }
                });
            })
            .await;
            Ok::<(), String>(())
        });
    }

    /// Clears uploads that broke off and were not gone on with.
    async fn clear_uploads(self: Arc<Self>) -> Result<(), StoreError> {
        let kept = time::Duration::seconds(self.config.upload_kept_s.into());
        let every = std::time::Duration::from_secs((u64::from(self.config.upload_kept_s) / 10).clamp(1, 600));
        let mut ticks = tokio::time::interval(every);
        while self.lifecycle.services.run_until_cancelled(ticks.tick()).await.is_some() {
            let (store, before) = (Arc::clone(&self), self.deps.clock.now() - kept);
            match error::blocking(move || store.staging.clear(before)).await {
                Ok(0) => {}
                Ok(cleared) => tracing::info!(cleared, "uploads that had broken off were cleared"),
                Err(error) => tracing::warn!(%error, "uploads that had broken off could not be cleared"),
            }
        }
        Ok(())
    }
}

/// Both doors of the documents; begins to count what is there and to clear what broke off.
pub(crate) fn serve(archive: &Arc<Archive>) -> (ArchiveServiceServer<grpc::Service>, axum::Router) {
    let store = &archive.documents;
    store.enter_rooms();
    store.lifecycle.spawn("archive uploads", Arc::clone(store).clear_uploads());
    let service = grpc::Service { store: Arc::clone(store), archive: Arc::clone(archive) };
    (ArchiveServiceServer::new(service), http::router(Arc::clone(store)))
}

#![doc = include_str!("../README.md")]

mod cards;
mod config;
mod decide;
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
mod rooms;
mod staging;
mod store;

use std::path::PathBuf;
use std::sync::Arc;

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_proto::archive::archive_service_server::ArchiveServiceServer;
use samflyt_runtime::server::Served;
use samflyt_runtime::{Caller, Deps, Lifecycle};

use cards::Cards;
use format::Policy;
use known::Fact;
use locks::DocumentLocks;
use metrics::ArchiveMetrics;
use rooms::Rooms;
use staging::Staging;
use store::Documents;

pub use config::{ArchiveConfig, OtherFormats, TenantLimits};
pub use digest::Digest;
pub use error::StoreError;

/// The archive cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the documents of the archive cannot be kept in {dir}")]
pub struct StartError {
    dir: PathBuf,
    #[source]
    cause: StoreError,
}

/// Documents, and what is known of them.
pub(crate) struct Archive {
    deps: Deps,
    config: ArchiveConfig,
    policy: Policy,
    documents: Documents,
    facts: Cards<Fact>,
    rooms: Rooms,
    staging: Staging,
    locks: DocumentLocks,
    metrics: ArchiveMetrics,
    lifecycle: Lifecycle,
}

/// Starts the archive.
///
/// # Errors
/// [`StartError`] where its folder cannot be used.
#[allow(clippy::unused_async, reason = "all services are started alike")]
pub async fn run(config: ArchiveConfig, deps: Deps, lifecycle: &Lifecycle) -> Result<Served, StartError> {
    let dir =
        if config.dir.as_os_str().is_empty() { deps.data_dir.join("archive") } else { config.dir.clone() };
    let archive = Archive::open(config, deps, lifecycle, &dir).map_err(|cause| StartError { dir, cause })?;
    let archive = Arc::new(archive);
    archive.enter_rooms();
    lifecycle.spawn("archive uploads", Arc::clone(&archive).clear_uploads());
    let service = ArchiveServiceServer::new(grpc::Service(Arc::clone(&archive)));
    Ok(Served {
        grpc: Some(tonic::service::Routes::new(service)),
        http: http::router(archive),
        names: vec!["samflyt.archive.v1.ArchiveService"],
    })
}

impl Archive {
    fn open(
        config: ArchiveConfig,
        deps: Deps,
        lifecycle: &Lifecycle,
        dir: &std::path::Path,
    ) -> Result<Self, StoreError> {
        let documents = Documents::in_folder(&dir.join("documents"))?;
        let metrics = ArchiveMetrics::new();
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
            metrics,
            lifecycle: lifecycle.clone(),
        })
    }

    /// Whether a caller may work on a tenant's documents. Who may not, does not learn whether there is such a tenant.
    fn admit(&self, caller: &Caller, tenant: &TenantId) -> Result<(), Refusal> {
        let catalogue = self.deps.feed.get();
        caller.require(&catalogue, Scope::Archive, tenant, None)?;
        if catalogue.tenant(tenant).is_none() {
            let advice = "register it first (`samflyt registry tenant register`)";
            return Err(Refusal::of_field(Reason::NotFound, "/tenant", "is not registered", advice));
        }
        Ok(())
    }

    /// Counts what each tenant has before anybody has to wait for that.
    fn enter_rooms(self: &Arc<Self>) {
        let (archive, stop) = (Arc::clone(self), self.lifecycle.services.clone());
        self.lifecycle.spawn("archive tenants", async move {
            let feed = archive.deps.feed.clone();
            feed.for_each_tenant(stop.clone(), |tenant| {
                let (archive, stop) = (Arc::clone(&archive), stop.clone());
                archive.lifecycle.clone().tasks().spawn(async move {
                    // A store that fails is told of to whoever needs it, and is asked again then.
                    if let Some(Err(error)) = stop.run_until_cancelled(archive.rooms.of(&tenant)).await {
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
            let (archive, before) = (Arc::clone(&self), self.deps.clock.now() - kept);
            match error::blocking(move || archive.staging.clear(before)).await {
                Ok(0) => {}
                Ok(cleared) => tracing::info!(cleared, "uploads that had broken off were cleared"),
                Err(error) => tracing::warn!(%error, "uploads that had broken off could not be cleared"),
            }
        }
        Ok(())
    }
}

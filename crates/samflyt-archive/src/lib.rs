#![doc = include_str!("../README.md")]

mod access;
mod config;
mod documents;
mod innsyn;
mod messages;
mod records;

use std::path::PathBuf;
use std::sync::Arc;

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal, SystemId, TenantId};
use samflyt_projection::{ProjectionConfig, ProjectionError, Runner};
use samflyt_runtime::server::Served;
use samflyt_runtime::{Caller, Deps, Lifecycle};

use documents::DocumentStore;
use records::{Keys, RecordFold, Recorder};

pub use access::AccessConfig;
pub use config::{ArchiveConfig, OtherFormats, TenantLimits};
pub use documents::{Digest, StoreError};
pub use records::KeyError;

/// The archive cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the documents of the archive cannot be kept in {dir}")]
    Documents {
        dir: PathBuf,
        #[source]
        cause: StoreError,
    },
    #[error("the records of the archive cannot be opened")]
    Records(#[from] ProjectionError),
}

/// What the archive's doors share.
pub(crate) struct Archive {
    deps: Deps,
    config: ArchiveConfig,
    documents: Arc<DocumentStore>,
    recorder: Recorder,
    lifecycle: Lifecycle,
}

/// Starts the archive.
///
/// # Errors
/// [`StartError`] where its folder cannot be used.
pub async fn run(config: ArchiveConfig, deps: Deps, lifecycle: &Lifecycle) -> Result<Served, StartError> {
    let dir =
        if config.dir.as_os_str().is_empty() { deps.data_dir.join("archive") } else { config.dir.clone() };
    let documents = DocumentStore::open(config.clone(), deps.clone(), lifecycle, &dir);
    let documents = documents.map_err(|cause| StartError::Documents { dir: dir.clone(), cause })?;
    let documents = Arc::new(documents);
    let keys = Arc::new(Keys::in_folder(dir.join("keys")));
    let runner = start_records(&config, &deps, &keys, lifecycle).await?;
    let recorder = Recorder::new(deps.log.clone(), runner, keys, deps.clock.clone());
    let archive = Arc::new(Archive { deps, config, documents, recorder, lifecycle: lifecycle.clone() });
    archive.open_tenants();
    let (service, http) = documents::serve(&archive.documents);
    let routes = tonic::service::Routes::new(service).add_service(records::serve(&archive));
    Ok(Served {
        grpc: Some(routes),
        http,
        names: vec!["samflyt.archive.v1.ArchiveService", "samflyt.archive.v1.RecordService"],
    })
}

async fn start_records(
    config: &ArchiveConfig,
    deps: &Deps,
    keys: &Arc<Keys>,
    lifecycle: &Lifecycle,
) -> Result<Runner, ProjectionError> {
    let clock = deps.clock.clone();
    let projection = ProjectionConfig {
        dir: deps.data_dir.join("archive"),
        cache_mib: config.cache_mib,
        ..ProjectionConfig::default()
    };
    let tasks = samflyt_projection::Lifecycle {
        shutdown: lifecycle.services.clone(),
        tracker: lifecycle.tasks().clone(),
    };
    let fold = RecordFold(Arc::clone(keys));
    let clock = Arc::new(move || clock.now());
    let runner = Runner::start(fold, deps.log.clone(), projection, clock, tasks).await?;
    let ended = runner.clone();
    lifecycle.spawn("archive records", async move { ended.ended().await });
    Ok(runner)
}

impl Archive {
    /// Whether a caller may use a tenant's archive, on behalf of a system or not. Who may not, does not learn whether there
    /// is such a tenant.
    pub(crate) fn admit(
        &self,
        caller: &Caller,
        scope: Scope,
        tenant: &TenantId,
        system: Option<&SystemId>,
    ) -> Result<(), Refusal> {
        let catalogue = self.deps.feed.get();
        caller.require(&catalogue, scope, tenant, system)?;
        if catalogue.tenant(tenant).is_none() {
            let advice = "register it first (`samflyt registry tenant register`)";
            return Err(Refusal::of_field(Reason::NotFound, "/tenant", "is not registered", advice));
        }
        Ok(())
    }

    /// Makes every tenant's records ready before anybody has to wait for that. One whose key cannot be used is told of in
    /// the log, and refused until it can; the others go on.
    fn open_tenants(self: &Arc<Self>) {
        let (archive, stop) = (Arc::clone(self), self.lifecycle.services.clone());
        self.lifecycle.spawn("archive records of tenants", async move {
            let feed = archive.deps.feed.clone();
            feed.for_each_tenant(stop.clone(), |tenant| {
                let (archive, stop) = (Arc::clone(&archive), stop.clone());
                archive.lifecycle.clone().tasks().spawn(async move {
                    let _told = stop.run_until_cancelled(archive.recorder.records(&tenant)).await;
                });
            })
            .await;
            Ok::<(), String>(())
        });
    }
}

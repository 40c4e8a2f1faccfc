#![doc = include_str!("../README.md")]

mod access;
mod casework;
mod config;
mod deposits;
mod documents;
mod door;
mod external;
mod extraction;
mod fiks;
mod innsyn;
mod messages;
mod public_journal;
mod records;

use std::path::PathBuf;
use std::sync::Arc;

use samflyt_events::DigestKey;
use samflyt_projection::{Fold, ProjectionConfig, ProjectionError, Runner};
use samflyt_runtime::server::Served;
use samflyt_runtime::{Deps, Lifecycle, projection};

use casework::ReleasedFiles;
use deposits::DepositDesk;
use documents::DocumentStore;
use external::Externals;
use innsyn::sok::Searches;
use messages::Exchange;
use records::{Keys, RecordFold, Recorder};

pub use access::AccessConfig;
pub use config::{ArchiveConfig, OtherFormats, TenantLimits};
pub use documents::{Digest, StoreError};
pub use external::ExternalConfig;
pub use messages::MessagesConfig;
pub use public_journal::PublicJournalConfig;
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
    #[error("archive.external, {url}: {what}")]
    External { url: String, what: String },
}

/// What the archive's doors share.
pub(crate) struct Archive {
    deps: Deps,
    config: ArchiveConfig,
    documents: Arc<DocumentStore>,
    recorder: Recorder,
    deposits: DepositDesk,
    exchange: Exchange,
    externals: Externals,
    searches: Arc<Searches>,
    released: ReleasedFiles,
    lifecycle: Lifecycle,
}

/// Starts the archive.
///
/// # Errors
/// [`StartError`] where its folder cannot be used.
pub async fn run(
    config: ArchiveConfig,
    deps: Deps,
    digest_key: DigestKey,
    lifecycle: &Lifecycle,
) -> Result<Served, StartError> {
    let externals = Externals::new(&config.external)?;
    let dir =
        if config.dir.as_os_str().is_empty() { deps.data_dir.join("archive") } else { config.dir.clone() };
    let documents = DocumentStore::open(config.clone(), deps.clone(), lifecycle, &dir);
    let documents = documents.map_err(|cause| StartError::Documents { dir: dir.clone(), cause })?;
    let documents = Arc::new(documents);
    let keys = Arc::new(Keys::in_folder(dir.join("keys")));
    let fold = RecordFold(Arc::clone(&keys));
    let runner = project("archive records", fold, false, &config, &deps, lifecycle).await?;
    let recorder = Recorder::new(deps.log.clone(), runner, keys, deps.clock.clone());
    let deposits = DepositDesk::open(&config, &deps, digest_key, lifecycle).await?;
    let lifecycle = lifecycle.clone();
    let (exchange, searches) = (Exchange::new(), Arc::new(Searches::new(config.sok_take_max)));
    let released = ReleasedFiles::default();
    let archive = Arc::new(Archive {
        deps,
        config,
        documents,
        recorder,
        deposits,
        exchange,
        externals,
        searches,
        released,
        lifecycle,
    });
    archive.open_tenants();
    let (service, documents_http) = documents::serve(&archive);
    let (messages, messages_http) = messages::serve(&archive);
    let routes = tonic::service::Routes::new(service)
        .add_service(records::serve(&archive))
        .add_service(casework::serve(&archive))
        .add_service(public_journal::serve(&archive))
        .add_service(deposits::serve(&archive))
        .add_service(extraction::serve(&archive))
        .add_service(messages);
    Ok(Served {
        grpc: Some(routes),
        http: documents_http.merge(messages_http),
        names: vec![
            "samflyt.archive.v1.ArchiveService",
            "samflyt.archive.v1.RecordService",
            "samflyt.archive.v1.CaseworkService",
            "samflyt.archive.v1.PublicJournalService",
            "samflyt.archive.v1.DepositService",
            "samflyt.archive.v1.FiksArkivService",
            "samflyt.archive.v1.ExtractionService",
        ],
    })
}

/// Opens one of the archive's projections.
async fn project<F: Fold>(
    task: &'static str,
    fold: F,
    headers_only: bool,
    config: &ArchiveConfig,
    deps: &Deps,
    lifecycle: &Lifecycle,
) -> Result<Runner, ProjectionError> {
    let of_it = ProjectionConfig {
        dir: deps.data_dir.join("archive"),
        cache_mib: config.cache_mib,
        headers_only,
        ..ProjectionConfig::default()
    };
    projection::start(task, fold, Arc::new(deps.log.clone()), of_it, deps, lifecycle).await
}

impl Archive {
    /// Makes every tenant's records and messages ready before anybody has to wait for that. One whose key cannot be used is told of in
    /// the log, and refused until it can; the others go on.
    fn open_tenants(self: &Arc<Self>) {
        let (archive, stop) = (Arc::clone(self), self.lifecycle.services.clone());
        self.lifecycle.spawn("archive records of tenants", async move {
            let feed = archive.deps.feed.clone();
            feed.for_each_tenant(stop.clone(), |tenant| {
                let (archive, stop) = (Arc::clone(&archive), stop.clone());
                archive.lifecycle.clone().tasks().spawn(async move {
                    let _told = stop.run_until_cancelled(archive.desk(&tenant)).await;
                });
            })
            .await;
            Ok::<(), String>(())
        });
    }
}

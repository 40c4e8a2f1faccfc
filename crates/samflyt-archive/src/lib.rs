#![doc = include_str!("../README.md")]

mod config;
mod documents;

use std::path::PathBuf;
use std::sync::Arc;

use samflyt_runtime::server::Served;
use samflyt_runtime::{Deps, Lifecycle};

use documents::DocumentStore;

pub use config::{ArchiveConfig, OtherFormats, TenantLimits};
pub use documents::{Digest, StoreError};

/// The archive cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the documents of the archive cannot be kept in {dir}")]
pub struct StartError {
    dir: PathBuf,
    #[source]
    cause: StoreError,
}

/// Starts the archive.
///
/// # Errors
/// [`StartError`] where its folder cannot be used.
#[allow(clippy::unused_async, reason = "all services are started alike")]
pub async fn run(config: ArchiveConfig, deps: Deps, lifecycle: &Lifecycle) -> Result<Served, StartError> {
    let dir =
        if config.dir.as_os_str().is_empty() { deps.data_dir.join("archive") } else { config.dir.clone() };
    let documents = DocumentStore::open(config, deps, lifecycle, &dir);
    let documents = Arc::new(documents.map_err(|cause| StartError { dir, cause })?);
    let (service, http) = documents::serve(&documents);
    Ok(Served {
        grpc: Some(tonic::service::Routes::new(service)),
        http,
        names: vec!["samflyt.archive.v1.ArchiveService"],
    })
}

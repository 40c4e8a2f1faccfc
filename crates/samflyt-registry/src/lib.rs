//! The catalogue: tenants, systems, contracts, grants, and what municipalities describe of their house.
//!
//! Consumes commands over gRPC; emits catalogue events to the registry's streams, each with who and why; keeps true: a
//! change was decided on the newest state of what it changes (optimistic concurrency by subject), and is visible to its
//! caller when it is answered.

mod change;
mod config;
mod decide;
mod difference;
mod formats;
mod grpc;
mod own;
mod table;
mod transfer;
mod visible;

use std::sync::Arc;

use samflyt_events::DigestKey;
use samflyt_proto::registry::catalogue_service_server::CatalogueServiceServer;
use samflyt_proto::registry::registry_service_server::RegistryServiceServer;
use samflyt_runtime::server::Served;
use samflyt_runtime::{Deps, Lifecycle};

pub use change::{Registry, StartError};
pub use config::{ProcessorConfig, RegistryConfig};
pub use formats::Provision;
pub use own::own_contracts;

/// Starts the registry: makes the streams that are missing, the operator's first grant, and the hub's own contracts.
///
/// # Errors
/// Where the log does not take them.
pub async fn run(
    config: RegistryConfig,
    deps: Deps,
    digest_key: DigestKey,
    lifecycle: &Lifecycle,
) -> Result<Served, StartError> {
    let registry = Registry::new(deps, config, digest_key, lifecycle.intake.clone());
    registry.prepare().await?;
    let registry = Arc::new(registry);
    let catalogue = CatalogueServiceServer::from_arc(Arc::clone(&registry));
    let routes = tonic::service::Routes::new(RegistryServiceServer::from_arc(registry));
    Ok(Served {
        grpc: Some(routes.add_service(catalogue)),
        names: vec!["samflyt.registry.v1.RegistryService", "samflyt.registry.v1.CatalogueService"],
        ..Served::default()
    })
}

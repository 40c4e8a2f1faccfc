//! The catalogue: tenants, systems, contracts, grants, and what municipalities describe of their house.
//!
//! Consumes commands over gRPC; emits catalogue events to the registry's streams, each with who and why; keeps true: a
//! change was decided on the newest state of what it changes (optimistic concurrency by subject), and is visible to its
//! caller when it is answered.

mod change;
mod config;
mod decide;
mod difference;
mod grpc;
mod table;
mod visible;

use std::sync::Arc;

use samflyt_proto::registry::catalogue_service_server::CatalogueServiceServer;
use samflyt_proto::registry::registry_service_server::RegistryServiceServer;
use samflyt_runtime::Deps;
use samflyt_runtime::server::Served;

pub use change::{Registry, StartError};
pub use config::RegistryConfig;

/// Starts the registry: makes the streams that are missing and the operator's first grant.
///
/// # Errors
/// Where the log does not take them.
pub async fn run(config: &RegistryConfig, deps: Deps) -> Result<Served, StartError> {
    let registry = Registry::new(deps);
    registry.prepare(config).await?;
    let registry = Arc::new(registry);
    let catalogue = CatalogueServiceServer::from_arc(Arc::clone(&registry));
    let routes = tonic::service::Routes::new(RegistryServiceServer::from_arc(registry));
    Ok(Served {
        grpc: Some(routes.add_service(catalogue)),
        names: vec!["samflyt.registry.v1.RegistryService", "samflyt.registry.v1.CatalogueService"],
        ..Served::default()
    })
}

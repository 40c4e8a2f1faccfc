//! Events in: gRPC, CloudEvents over HTTP, CloudEvents over NATS.
//!
//! Consumes what systems publish; emits events to the log of the tenant whose task they concern; keeps true: nothing is
//! acknowledged before it is on disk, the same event has one effect for ever, nothing passes without contract and grant,
//! and a refusal says why without repeating a value.

mod config;
mod grpc;
mod http;
mod index;
mod intake;
mod limits;
mod metrics;
mod nats;
mod protect;

use std::sync::Arc;

use samflyt_events::DigestKey;
use samflyt_proto::gateway::gateway_service_server::GatewayServiceServer;
use samflyt_runtime::server::Served;
use samflyt_runtime::{Deps, Lifecycle};

pub use config::GatewayConfig;
pub use http::OPENAPI;
pub use intake::Intake;
pub use limits::{Differing, Limits};
pub use nats::inbox_prefix;

/// The gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the index of event ids cannot be opened")]
    Index(#[from] samflyt_projection::ProjectionError),
    #[error("the gateway cannot take events from the broker: {0}")]
    Broker(String),
}

/// Starts the gateway: opens the index, follows it, and takes events from the broker. All gateways of a hub share the
/// secret of the digests.
///
/// # Errors
/// [`StartError`] names the part.
pub async fn run(
    config: GatewayConfig,
    deps: Deps,
    digest_key: DigestKey,
    lifecycle: &Lifecycle,
) -> Result<Served, StartError> {
    let intake = Arc::new(Intake::open(config, deps, digest_key, lifecycle).await?);
    nats::start(&intake, lifecycle).await?;
    let service = GatewayServiceServer::new(grpc::Gateway::new(Arc::clone(&intake), lifecycle.clone()))
        // Well above the limit: an event that is too large is told so, where a message that is ends the stream.
        .max_decoding_message_size(intake.config.event_bytes_max.saturating_mul(4).max(16 << 20) + 64 * 1024);
    Ok(Served {
        grpc: Some(tonic::service::Routes::new(service)),
        http: http::router(intake),
        names: vec!["samflyt.gateway.v1.GatewayService"],
    })
}

#![doc = include_str!("../README.md")]

mod config;
mod cursor;
mod desk;
mod fold;
mod grpc;
mod metrics;
mod webhook;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use samflyt_events::{DigestKey, Reason, Refusal, TenantId};
use samflyt_projection::{ProjectionConfig, ProjectionError};
use samflyt_proto::delivery::delivery_service_server::DeliveryServiceServer;
use samflyt_runtime::server::Served;
use samflyt_runtime::{Deps, Lifecycle, projection};

use desk::Handle;
use fold::DeliveryFold;
use webhook::Webhooks;

pub use config::DeliveryConfig;
pub use webhook::WebhookConfig;

/// Delivery cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("what is known of subscriptions cannot be opened")]
    Projection(#[from] ProjectionError),
}

/// What delivery's doors share.
pub(crate) struct Delivery {
    deps: Deps,
    config: DeliveryConfig,
    webhooks: Arc<Webhooks>,
    desks: RwLock<HashMap<TenantId, Handle>>,
    lifecycle: Lifecycle,
}

/// Starts delivery.
///
/// # Errors
/// [`StartError`] where the data directory cannot be used.
pub async fn run(
    config: DeliveryConfig,
    deps: Deps,
    digest_key: DigestKey,
    lifecycle: &Lifecycle,
) -> Result<Served, StartError> {
    let of_it = ProjectionConfig {
        dir: deps.data_dir.join("delivery"),
        cache_mib: config.cache_mib,
        ..ProjectionConfig::default()
    };
    let source = Arc::new(deps.log.clone());
    let runner =
        projection::start("delivery projection", DeliveryFold, source, of_it, &deps, lifecycle).await?;
    let webhooks = Arc::new(Webhooks::new(config.webhook.clone(), &digest_key, deps.clock.clone()));
    let lifecycle_of_it = lifecycle.clone();
    let delivery =
        Arc::new(Delivery { deps, config, webhooks, desks: RwLock::default(), lifecycle: lifecycle_of_it });
    let (opening, stop) = (Arc::clone(&delivery), lifecycle.services.clone());
    lifecycle.spawn("delivery of tenants", async move {
        let feed = opening.deps.feed.clone();
        feed.for_each_tenant(stop, |tenant| {
            let (deps, webhooks) = (&opening.deps, &opening.webhooks);
            let desk = desk::start(deps, &runner, webhooks, tenant.clone(), &opening.lifecycle);
            opening.desks.write().insert(tenant, desk);
        })
        .await;
        Ok::<(), String>(())
    });
    let service = DeliveryServiceServer::new(grpc::Service(delivery));
    Ok(Served {
        grpc: Some(tonic::service::Routes::new(service)),
        http: axum::Router::new(),
        names: vec!["samflyt.delivery.v1.DeliveryService"],
    })
}

impl Delivery {
    /// The deliveries of a tenant.
    ///
    /// # Errors
    /// `INDEX_BEHIND` where they are not opened yet.
    pub(crate) fn desk(&self, tenant: &TenantId) -> Result<Handle, Refusal> {
        let desk = self.desks.read().get(tenant).cloned();
        let behind = "deliveries of this municipality are being opened: try again";
        desk.ok_or_else(|| Refusal::new(Reason::IndexBehind, behind))
    }
}

//! A process of the hub: the services that it runs, on one screen.

mod config;
mod digest_key;
mod open_files;
mod probes;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use samflyt_log::Log;
use samflyt_runtime::auth::Authenticator;
use samflyt_runtime::server::{self, Served};
use samflyt_runtime::{CatalogueFeed, Deps, Lifecycle, SharedClock};

pub use config::{HubConfig, Listen};

/// What a process can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Service {
    Gateway,
    Registry,
    Lineage,
    Archive,
    Delivery,
}

impl Service {
    pub const ALL: [Self; 5] = [Self::Gateway, Self::Registry, Self::Lineage, Self::Archive, Self::Delivery];
}

/// A running process of the hub.
pub struct Hub {
    pub grpc: SocketAddr,
    pub http: SocketAddr,
    pub log: Log,
    pub lifecycle: Lifecycle,
}

impl Hub {
    /// Starts the services; returns when every one is ready and both doors are open.
    ///
    /// # Errors
    /// What is wrong with the configuration, the broker or a port, before anything is taken in.
    pub async fn start(
        config: HubConfig,
        services: &BTreeSet<Service>,
        clock: SharedClock,
    ) -> anyhow::Result<Self> {
        open_files::allow_many();
        let authenticator =
            Arc::new(Authenticator::new(config.auth.clone(), clock.clone()).await.context("authentication")?);
        let digest_key = digest_key::load(&config)?;
        let log = Log::connect(config.nats.clone()).await.context("broker")?;
        let lifecycle = Lifecycle::new();
        let feed = CatalogueFeed::follow(&log, &lifecycle).await.context("catalogue")?;
        let data_dir = config.data_dir.clone();
        let deps = Deps { log: log.clone(), feed, authenticator, clock, data_dir };
        let mut served: Vec<Served> = Vec::new();
        if services.contains(&Service::Registry) {
            let key = digest_key.clone();
            let running = samflyt_registry::run(config.registry.clone(), deps.clone(), key, &lifecycle);
            served.push(running.await.context("registry")?);
        }
        if services.contains(&Service::Gateway) {
            let running =
                samflyt_gateway::run(config.gateway.clone(), deps.clone(), digest_key.clone(), &lifecycle);
            served.push(running.await.context("gateway")?);
        }
        if services.contains(&Service::Lineage) {
            let running = samflyt_lineage::run(config.lineage.clone(), deps.clone(), &lifecycle);
            served.push(running.await.context("lineage")?);
        }
        if services.contains(&Service::Delivery) {
            let key = digest_key.clone();
            let running = samflyt_delivery::run(config.delivery.clone(), deps.clone(), key, &lifecycle);
            served.push(running.await.context("delivery")?);
        }
        if services.contains(&Service::Archive) {
            let running = samflyt_archive::run(config.archive.clone(), deps, digest_key, &lifecycle);
            served.push(running.await.context("archive")?);
        }
        Self::open(&config, served, log, lifecycle).await
    }

    async fn open(
        config: &HubConfig,
        served: Vec<Served>,
        log: Log,
        lifecycle: Lifecycle,
    ) -> anyhow::Result<Self> {
        let grpc = server::listen(config.grpc.listen).await?;
        let http = server::listen(config.http.listen).await?;
        let addresses = (grpc.local_addr()?, http.local_addr()?);
        let mut router = probes::router(log.clone(), lifecycle.clone());
        let mut routes = Vec::new();
        for service in served {
            router = router.merge(service.http);
            routes.extend(service.grpc.map(|grpc| (grpc, service.names)));
        }
        server::serve_grpc(grpc, server::grpc_routes(routes).await?, &lifecycle);
        server::serve_http(http, router, &lifecycle);
        Ok(Self { grpc: addresses.0, http: addresses.1, log, lifecycle })
    }

    /// Takes nothing new, answers what was taken, and ends.
    ///
    /// # Errors
    /// What died, where something did.
    pub async fn end(self) -> anyhow::Result<()> {
        self.lifecycle.end().await.map_err(anyhow::Error::msg)
    }
}

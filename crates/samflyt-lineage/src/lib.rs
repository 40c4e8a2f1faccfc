//! Where information came from, where it went, and how far the answer reaches.
//!
//! Consumes every tenant's log, its part of the catalogue, and what was delivered of it; emits nothing; keeps true: the
//! answers are a fold of the log, can be rebuilt from it, and say which position they reflect. What the log answers itself
//! (an event, the history of an entity) is read from the log.

mod answer;
mod config;
mod gather;
mod graph;
mod grpc;
mod insight;
mod metrics;
mod names;
mod projections;
mod reader;
mod received;
mod tree;
mod walk;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use samflyt_events::TenantId;
use samflyt_events::subject::{
    DELIVERY_STREAMS, REGISTRY_STREAM, delivery_stream, events_stream, tenant_registry_stream,
};
use samflyt_projection::{ProjectionConfig, ProjectionError, Runner};
use samflyt_proto::lineage::insight_service_server::InsightServiceServer;
use samflyt_proto::lineage::lineage_service_server::LineageServiceServer;
use samflyt_runtime::server::Served;
use samflyt_runtime::{Deps, Lifecycle, projection};
use tokio_util::sync::CancellationToken;

pub use config::LineageConfig;

use projections::Lineage as LineageFold;

/// Lineage cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the projections of lineage cannot be opened")]
pub struct StartError(#[from] ProjectionError);

/// Answers questions.
pub struct Lineage {
    deps: Deps,
    config: LineageConfig,
    runner: Runner,
    lifecycle: Lifecycle,
}

/// Starts lineage: opens the projections, verified, and follows every tenant's log.
///
/// # Errors
/// [`StartError`] where the data directory cannot be used.
pub async fn run(config: LineageConfig, deps: Deps, lifecycle: &Lifecycle) -> Result<Served, StartError> {
    let projection = ProjectionConfig {
        dir: deps.data_dir.join("lineage"),
        cache_mib: config.cache_mib,
        headers_only: true,
        whole_prefix: DELIVERY_STREAMS.to_owned(),
        ..ProjectionConfig::default()
    };
    let source = Arc::new(deps.log.clone());
    let runner =
        projection::start("lineage projections", LineageFold, source, projection, &deps, lifecycle).await?;
    follow_tenants(&runner, &deps, lifecycle);
    let following = follow_deliveries(runner.clone(), deps.clone(), lifecycle.services.clone());
    lifecycle.spawn("lineage deliveries", following);
    lifecycle.spawn("lineage metrics", metrics::watch(runner.clone(), lifecycle.services.clone()));
    let lineage = Arc::new(Lineage { deps, config, runner, lifecycle: lifecycle.clone() });
    lifecycle.spawn("lineage coverage", metrics::watch_coverage(Arc::clone(&lineage)));
    let insight = InsightServiceServer::new(insight::Insight(Arc::clone(&lineage)));
    let routes = tonic::service::Routes::new(LineageServiceServer::from_arc(lineage));
    Ok(Served {
        grpc: Some(routes.add_service(insight)),
        names: vec!["samflyt.lineage.v1.LineageService", "samflyt.lineage.v1.InsightService"],
        ..Served::default()
    })
}

/// How long it waits for a broker that does not make a stream.
const AGAIN: Duration = Duration::from_secs(1);

/// Follows what is delivered to each tenant. Where nothing was delivered yet, its log is made: an empty one is whole, one that
/// is missing would keep answers from ever being.
async fn follow_deliveries(
    runner: Runner,
    deps: Deps,
    stop: CancellationToken,
) -> Result<(), std::convert::Infallible> {
    let mut changes = deps.feed.changes();
    let mut followed = BTreeSet::new();
    let following = async {
        loop {
            let tenants: Vec<TenantId> = deps.feed.get().tenants().map(|tenant| tenant.id.clone()).collect();
            let mut refused = false;
            for tenant in tenants.into_iter().filter(|tenant| !followed.contains(tenant)).collect::<Vec<_>>()
            {
                match deps.log.ensure_delivery(&tenant).await {
                    Ok(()) => {
                        runner.follow(&delivery_stream(&tenant));
                        followed.insert(tenant);
                    }
                    Err(error) => {
                        tracing::debug!(%tenant, %error, "what is delivered cannot be followed yet");
                        refused = true;
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(AGAIN), if refused => {}
                Ok(()) = changes.changed() => {}
                // The feed has ended, as the process does.
                else => return,
            }
        }
    };
    stop.run_until_cancelled(following).await;
    Ok(())
}

fn follow_tenants(runner: &Runner, deps: &Deps, lifecycle: &Lifecycle) {
    let (runner, feed, stop) = (runner.clone(), deps.feed.clone(), lifecycle.services.clone());
    runner.follow(REGISTRY_STREAM);
    lifecycle.spawn("lineage tenants", async move {
        feed.for_each_tenant(stop, |tenant| {
            runner.follow(&events_stream(&tenant));
            runner.follow(&tenant_registry_stream(&tenant));
        })
        .await;
        Ok::<(), String>(())
    });
}

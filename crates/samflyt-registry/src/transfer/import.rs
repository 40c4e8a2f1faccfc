//! `ImportTenant`: take the files in, find everything that speaks against it, then append.

use futures::Stream;
use samflyt_events::Refusal;
use samflyt_events::catalogue::Catalogue;
use samflyt_events::subject::REGISTRY_STREAM;
use samflyt_proto::registry as pb;
use tonic::Status;

use super::append::Appender;
use super::check::Plan;
use super::receive::receive;
use crate::Registry;

/// # Errors
/// What [`receive`], [`Plan::make`] and [`Appender::run`] refuse.
pub(crate) async fn import(
    registry: &Registry,
    messages: impl Stream<Item = Result<pb::ImportTenantRequest, Status>>,
) -> Result<pb::ImportTenantResponse, Refusal> {
    let deps = &registry.deps;
    let received = receive(messages, &registry.imports_dir()).await?;
    // One after the other: what is decided on the catalogue holds until it is appended.
    let _turn = registry.importing.lock().await;
    let catalogue: std::sync::Arc<Catalogue> = deps.feed.get().clone();
    let plan = Plan::make(&deps.log, &catalogue, &received).await?;
    let appender =
        Appender { log: &deps.log, digest_key: &registry.digest_key, plan: &plan, catalogue: &catalogue };
    let appended = appender.run(&received).await?;
    for (stream, position) in appended.positions.iter().filter(|(stream, _)| *stream == REGISTRY_STREAM) {
        deps.feed.reached(stream, *position).await;
    }
    for (stream, position) in appended.positions {
        deps.feed.reached(&stream, position).await;
    }
    let tenant = received.manifest.tenant.to_string();
    tracing::info!(tenant, events = appended.events, "a tenant was imported");
    Ok(pb::ImportTenantResponse {
        tenant,
        catalogue_entries: appended.catalogue_entries,
        events: appended.events,
    })
}

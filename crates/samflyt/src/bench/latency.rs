//! At a steady 2,000 events a second, synced: until acknowledged, and until visible in a lineage answer.

use std::time::{Duration, Instant};

use samflyt_proto::gateway::PublishEventRequest;
use samflyt_proto::lineage::{AtLeast, GetStatusRequest};
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};

use super::child::{self, BenchHub};
use super::machine::memory_mib;
use super::{load, quantile};
use crate::client::Client;

const CLIENTS: usize = 8;
const EVENTS_PER_S: u64 = 2_000;
/// One event in so many is looked for in lineage.
const LOOKED_FOR: u64 = 20;

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let seconds = if quick { 2 } else { 20 };
    let (broker, dir) = child::broker(SyncInterval::Always).await?;
    let hub = BenchHub::start(broker, dir, &["gateway", "registry", "lineage"]).await?;
    hub.register().await?;
    let each = EVENTS_PER_S * seconds / CLIENTS as u64;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(hub.client().await?);
    }
    // A warm-up second that does not count.
    steady(&clients, 0, EVENTS_PER_S / CLIENTS as u64).await?;
    let (mut acknowledged, mut visible) = steady(&clients, 1_000_000, each).await?;
    let report = json!({
        "events_per_s": EVENTS_PER_S,
        "seconds": seconds,
        "clients": CLIENTS,
        "acknowledged_ms": {
            "p50": quantile(&mut acknowledged, 0.5),
            "p99": quantile(&mut acknowledged, 0.99),
            "p50_target": 0.6,
            "p99_target": 3.0,
        },
        "visible_ms": {
            "samples": visible.len(),
            "p50": quantile(&mut visible, 0.5),
            "p99": quantile(&mut visible, 0.99),
            "p99_target": 10.0,
        },
        "hub_memory_mib": memory_mib(hub.pid).0,
    });
    hub.end().await?;
    Ok(report)
}

async fn steady(clients: &[Client], from: u64, each: u64) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let gap = Duration::from_secs(1) * u32::try_from(CLIENTS)? / u32::try_from(EVENTS_PER_S)?;
    let start = Instant::now();
    let running = clients.iter().enumerate().map(|(index, client)| async move {
        let offset = gap * u32::try_from(index)? / u32::try_from(CLIENTS)?;
        let calls = (0..each).map(|n| {
            let due = start + offset + gap * u32::try_from(n).unwrap_or(u32::MAX);
            one(client, index, from + n, due)
        });
        futures::future::try_join_all(calls).await
    });
    let (mut acknowledged, mut visible) = (Vec::new(), Vec::new());
    for (ack, seen) in futures::future::try_join_all(running).await?.into_iter().flatten() {
        acknowledged.push(ack);
        visible.extend(seen);
    }
    Ok((acknowledged, visible))
}

/// Publishes one event when it is due; milliseconds from then, so that being late counts.
async fn one(client: &Client, index: usize, n: u64, due: Instant) -> anyhow::Result<(f64, Option<f64>)> {
    tokio::time::sleep_until(due.into()).await;
    let since = Instant::now();
    let event = Some(load::event(index, n));
    let answer = client.gateway().publish_event(PublishEventRequest { event, validate_only: false }).await?;
    let acknowledged = since.elapsed().as_secs_f64() * 1e3;
    if !n.is_multiple_of(LOOKED_FOR) {
        return Ok((acknowledged, None));
    }
    let sequence = answer.into_inner().receipt.map_or(0, |receipt| receipt.sequence);
    let at_least = Some(AtLeast { tenant: load::TENANT.to_owned(), sequence });
    client
        .lineage()
        .get_status(GetStatusRequest { tenants: vec![load::TENANT.to_owned()], at_least })
        .await?;
    Ok((acknowledged, Some(since.elapsed().as_secs_f64() * 1e3)))
}

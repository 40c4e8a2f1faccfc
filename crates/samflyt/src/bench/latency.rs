//! At a steady 2,000 events a second, synced: until acknowledged, and until visible in a lineage answer; beside a bare
//! publisher at the same pace on the same broker, which is the least that this machine and this disk allow.

use std::time::{Duration, Instant};

use samflyt_events::TenantId;
use samflyt_log::Log;
use samflyt_proto::gateway::PublishEventRequest;
use samflyt_proto::lineage::{AtLeast, GetStatusRequest};
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};

use super::child::{self, BenchHub};
use super::gateway::config;
use super::load;
use super::machine::{cpu_seconds, memory_mib};
use super::pace::steadily;
use super::received::quantiles;
use crate::client::Client;

const CLIENTS: usize = 8;
const EVENTS_PER_S: u64 = 2_000;
/// One event in so many is looked for in lineage.
const LOOKED_FOR: u64 = 20;

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let seconds = if quick { 2 } else { 20 };
    let events = EVENTS_PER_S * seconds;
    let (broker, dir) = child::broker(SyncInterval::Always).await?;
    let log = Log::connect(config(broker.access())).await?;
    log.ensure_tenant(&TenantId::new(load::BARE_TENANT)?).await?;
    bare(&log, 0, EVENTS_PER_S).await?;
    let mut of_bare = bare(&log, 1, events).await?;
    let hub = BenchHub::start(broker, dir, &["gateway", "registry", "lineage"]).await?;
    hub.register().await?;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(hub.client().await?);
    }
    // A warm-up second that does not count.
    through_hub(&clients, 0, EVENTS_PER_S).await?;
    let processor = || [hub.pid, hub.broker.pid(), std::process::id()].map(cpu_seconds);
    let before = processor();
    let took = through_hub(&clients, EVENTS_PER_S, events).await?;
    let after = processor();
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let per_event = |process: usize| (after[process] - before[process]) * 1e6 / events as f64;
    let mut acknowledged: Vec<f64> = took.iter().map(|(acknowledged, _)| *acknowledged).collect();
    let mut visible: Vec<f64> = took.iter().filter_map(|(_, visible)| *visible).collect();
    let report = json!({
        "events_per_s": EVENTS_PER_S,
        "seconds": seconds,
        "clients": CLIENTS,
        "bare_acknowledged_ms": quantiles(&mut of_bare),
        "acknowledged_ms": quantiles(&mut acknowledged),
        "acknowledged_targets_ms": {"p50": 0.6, "p99": 3.0},
        "visible_ms": quantiles(&mut visible),
        "visible_targets_ms": {"p99": 10.0},
        "processor_us_per_event": {"hub": per_event(0), "broker": per_event(1), "bench": per_event(2)},
        "hub_memory_mib": memory_mib(hub.pid).0,
    });
    hub.end().await?;
    Ok(report)
}

fn gap() -> Duration {
    Duration::from_secs(1) / u32::try_from(EVENTS_PER_S).unwrap_or(u32::MAX)
}

fn since(due: Instant) -> f64 {
    due.elapsed().as_secs_f64() * 1e3
}

async fn bare(log: &Log, round: u64, events: u64) -> anyhow::Result<Vec<f64>> {
    steadily(events, gap(), |n, due| async move {
        let event = load::recorded(load::BARE_TENANT, n, &format!("bare{round}-{n}"), None, None)?;
        log.append(&event).await?.appended().await?;
        Ok(since(due))
    })
    .await
}

async fn through_hub(clients: &[Client], from: u64, events: u64) -> anyhow::Result<Vec<(f64, Option<f64>)>> {
    steadily(events, gap(), |n, due| {
        let index = usize::try_from(n).unwrap_or(0) % CLIENTS;
        one(&clients[index], index, from + n, due)
    })
    .await
}

/// Publishes one event. Milliseconds from when it was due until it was acknowledged, and until it was visible.
async fn one(client: &Client, index: usize, n: u64, due: Instant) -> anyhow::Result<(f64, Option<f64>)> {
    let event = Some(load::event(index, n));
    let answer = client.gateway().publish_event(PublishEventRequest { event, validate_only: false }).await?;
    let acknowledged = since(due);
    if !n.is_multiple_of(LOOKED_FOR) {
        return Ok((acknowledged, None));
    }
    let sequence = answer.into_inner().receipt.map_or(0, |receipt| receipt.sequence);
    let at_least = Some(AtLeast { tenant: load::TENANT.to_owned(), sequence });
    client
        .lineage()
        .get_status(GetStatusRequest { tenants: vec![load::TENANT.to_owned()], at_least })
        .await?;
    Ok((acknowledged, Some(since(due))))
}

//! The gateway over gRPC against a bare async-nats publisher, in turn, on one broker.

use samflyt_log::{Log, LogConfig};
use samflyt_runtime::broker::{BrokerAccess, SyncInterval};
use serde_json::{Value, json};

use super::child::{self, BenchHub};
use super::machine::{cpu_seconds, memory_mib};
use super::{load, median};

const CLIENTS: usize = 8;
const IN_FLIGHT_EACH: usize = 64;

pub(super) async fn measure(runs: usize, quick: bool) -> anyhow::Result<Value> {
    let events: u64 = if quick { 8_000 } else { 80_000 };
    Ok(json!({
        "synced": compare(SyncInterval::Always, runs, events, 0.95).await?,
        "default_interval": compare(SyncInterval::Default, runs, events * 2, 0.8).await?,
    }))
}

async fn compare(sync: SyncInterval, runs: usize, events: u64, target: f64) -> anyhow::Result<Value> {
    let (broker, dir) = child::broker(sync).await?;
    let hub = BenchHub::start(broker, dir, &["gateway", "registry"]).await?;
    hub.register().await?;
    let log = Log::connect(config(hub.broker.access())).await?;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(hub.client().await?);
    }
    let each = events / CLIENTS as u64;
    // Once for nothing: connections, caches, pages.
    load::bare(&log, u64::MAX, events / 10, CLIENTS * IN_FLIGHT_EACH).await?;
    load::through_hub(&clients, 0, each / 10, IN_FLIGHT_EACH).await?;
    let (mut bare, mut through, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut gateway_us, mut broker_us) = (Vec::new(), Vec::new());
    for run in 1..=runs as u64 {
        let of_bare = load::bare(&log, run, events, CLIENTS * IN_FLIGHT_EACH).await?;
        let before = (cpu_seconds(hub.pid), cpu_seconds(hub.broker.pid()));
        let of_hub = load::through_hub(&clients, run, each, IN_FLIGHT_EACH).await?;
        let after = (cpu_seconds(hub.pid), cpu_seconds(hub.broker.pid()));
        #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
        let per_event = |seconds: f64| seconds * 1e6 / (each * CLIENTS as u64) as f64;
        gateway_us.push(per_event(after.0 - before.0));
        broker_us.push(per_event(after.1 - before.1));
        bare.push(of_bare);
        through.push(of_hub);
        ratios.push(of_hub / of_bare);
    }
    let report = json!({
        "clients": CLIENTS,
        "in_flight_total": CLIENTS * IN_FLIGHT_EACH,
        "events_per_run": events,
        "event_data_bytes": 512,
        "sync": format!("{sync:?}"),
        "bare_events_per_s": bare.iter().map(|rate| rate.round()).collect::<Vec<_>>(),
        "gateway_events_per_s": through.iter().map(|rate| rate.round()).collect::<Vec<_>>(),
        "ratios": ratios,
        "ratio_median": median(&ratios),
        "ratio_target": target,
        "gateway_processor_us_per_event": median(&gateway_us),
        "broker_processor_us_per_event": median(&broker_us),
        "hub_memory_mib": memory_mib(hub.pid).0,
    });
    hub.end().await?;
    Ok(report)
}

pub(super) fn config(access: &BrokerAccess) -> LogConfig {
    LogConfig {
        url: access.url.clone(),
        user: access.hub_user.clone(),
        password: access.hub_password.clone(),
        ..LogConfig::default()
    }
}

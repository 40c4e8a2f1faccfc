//! The gateway over gRPC against a bare async-nats publisher, in turn, on one broker.

use samflyt_events::TenantId;
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
    log.ensure_tenant(&TenantId::new(load::BARE_TENANT)?).await?;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(hub.client().await?);
    }
    let each = events / CLIENTS as u64;
    // Once for nothing: connections, caches, pages.
    load::bare(&log, u64::MAX, events / 10, CLIENTS * IN_FLIGHT_EACH).await?;
    load::through_hub(&clients, 0, each / 10, IN_FLIGHT_EACH).await?;
    let (mut bare, mut through, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut processor_us: [Vec<f64>; 3] = Default::default();
    let processes = [hub.pid, hub.broker.pid(), std::process::id()];
    for run in 1..=runs as u64 {
        let of_bare = load::bare(&log, run, events, CLIENTS * IN_FLIGHT_EACH).await?;
        let before = processes.map(cpu_seconds);
        let of_hub = load::through_hub(&clients, run, each, IN_FLIGHT_EACH).await?;
        for (process, us) in processor_us.iter_mut().enumerate() {
            let seconds = cpu_seconds(processes[process]) - before[process];
            #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
            us.push(seconds * 1e6 / (each * CLIENTS as u64) as f64);
        }
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
        "gateway_processor_us_per_event": median(&processor_us[0]),
        "broker_processor_us_per_event": median(&processor_us[1]),
        "bench_processor_us_per_event": median(&processor_us[2]),
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

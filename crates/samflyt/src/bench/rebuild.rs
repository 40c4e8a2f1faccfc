//! Folding lineage from nothing, over a log of a million events.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use samflyt_events::EventRef;
use samflyt_log::Log;
use samflyt_proto::lineage::{AtLeast, GetStatusRequest};
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};

use super::child::{self, BenchHub};
use super::gateway::config;
use super::load;
use super::machine::{cpu_seconds, disk_bytes, memory_mib};

const SEED: u64 = 7;

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let events: u64 = if quick { 50_000 } else { 1_000_000 };
    Ok(json!({
        "events": events,
        "targets": "50,000/s within 400 MiB, or 30,000/s within 250 MiB; 700 bytes of disk per event",
        "running_ids": fold(events, false).await?,
        "random_ids": fold(events, true).await?,
    }))
}

async fn fold(events: u64, random: bool) -> anyhow::Result<Value> {
    let (broker, dir) = child::broker(SyncInterval::Default).await?;
    // A hub to register with; its folder goes with it, so that the one measured begins with nothing.
    let first = BenchHub::start(broker, dir, &["registry"]).await?;
    first.register().await?;
    fill(&Log::connect(config(first.broker.access())).await?, events, random).await?;
    let (broker, dir) = first.leave().await?;
    let since = Instant::now();
    let hub = BenchHub::start(broker, dir, &["lineage"]).await?;
    let mut lineage = hub.client().await?.lineage();
    let deadline = since + Duration::from_secs(600);
    loop {
        let at_least = Some(AtLeast { tenant: load::TENANT.to_owned(), sequence: events });
        let request = GetStatusRequest { tenants: vec![load::TENANT.to_owned()], at_least };
        match lineage.get_status(request).await {
            Ok(status) => {
                let counted = status.into_inner().tenants.first().map_or(0, |tenant| tenant.events);
                ensure!(counted == events, "lineage counts {counted} of {events}");
                break;
            }
            Err(status) => ensure!(Instant::now() < deadline, "the fold did not end: {status}"),
        }
    }
    let seconds = since.elapsed().as_secs_f64();
    let (now, most) = memory_mib(hub.pid);
    // The last of it reaches the disk within a flush interval.
    tokio::time::sleep(Duration::from_secs(2)).await;
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let per_event = |total: f64| total / events as f64;
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let disk = per_event(disk_bytes(&hub.dir.path().join("lineage")) as f64);
    let report = json!({
        "seconds_from_start_of_process": seconds,
        "events_per_s": (1.0 / per_event(seconds)).round(),
        "processor_us_per_event": per_event(cpu_seconds(hub.pid) * 1e6),
        "memory_mib": now,
        "memory_mib_most": most,
        "disk_bytes_per_event": disk.round(),
    });
    hub.end().await?;
    Ok(report)
}

/// Writes the log straight to the broker: affairs of five events, each caused by the one before.
pub(super) async fn fill(log: &Log, events: u64, random: bool) -> anyhow::Result<()> {
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut waiting = FuturesUnordered::new();
    let (mut before, mut root): (Option<EventRef>, Option<EventRef>) = (None, None);
    for n in 0..events {
        if n.is_multiple_of(5) {
            (before, root) = (None, None);
        }
        let id = if random { format!("{:032x}", chance.random::<u128>()) } else { format!("2026-{n:08}") };
        let event = load::recorded(load::TENANT, n, &id, before.take(), root.clone())?;
        before = Some(event.reference());
        root.get_or_insert_with(|| event.reference());
        waiting.push(log.append(&event).await.context("filling the log")?.appended());
        if waiting.len() >= 1_000 {
            waiting.next().await.transpose()?;
        }
    }
    while let Some(appended) = waiting.next().await {
        appended?;
    }
    Ok(())
}

//! Events out by pull: how many in all, how soon, what idle subscriptions cost, and what one that is far behind does to
//! the others.

mod behind;

use std::time::Instant;

use futures::future::try_join_all;
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};

use super::child::{self, BenchHub};
use super::load;
use super::machine::{cpu_seconds, memory_mib};
use super::reader::{Consumer, Named, agree};
use super::received::{quantiles, steady};
use crate::client::Client;

const SERVICES: [&str; 3] = ["gateway", "registry", "delivery"];
const CONSUMER: &str = "bench-reader";
const SUBSCRIPTION: Named<'static> = Named { tenant: load::TENANT, consumer: CONSUMER, kind: load::TYPE };
/// The least that HTTP/2 servers let one connection have at once, as most have it.
const STREAMS_EACH: usize = 100;
const PUBLISHERS: usize = 8;
const EVENTS_PER_S: u32 = 2_000;
/// Subscriptions that an event is sent to where it is measured how soon.
const RECEIVERS: usize = 10;

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    Ok(json!({
        "throughput": throughput(quick).await?,
        "latency": latency(quick).await?,
        "idle": idle(quick).await?,
        "behind": behind::measure(quick).await?,
    }))
}

/// A hub with what the load needs, on an empty log.
async fn hub() -> anyhow::Result<BenchHub> {
    let (broker, dir) = child::broker(SyncInterval::Always).await?;
    let hub = BenchHub::start(broker, dir, &SERVICES).await?;
    hub.register().await?;
    agree(&hub.client().await?, load::TENANT, CONSUMER, &load::SYSTEMS, &[load::TYPE]).await?;
    Ok(hub)
}

/// Subscriptions that begin now, each with a consumer.
async fn consumers(hub: &BenchHub, count: usize) -> anyhow::Result<Vec<Consumer>> {
    let clients = try_join_all((0..count.div_ceil(STREAMS_EACH)).map(|_| hub.client())).await?;
    let mut consumers = Vec::new();
    for n in 0..count {
        let (client, id) = (&clients[n / STREAMS_EACH], format!("reader-{n}"));
        SUBSCRIPTION.subscribe(client, &id, false).await?;
        consumers.push(Consumer::open(client, load::TENANT, &id).await?);
    }
    Ok(consumers)
}

async fn publishers(hub: &BenchHub) -> anyhow::Result<Vec<Client>> {
    try_join_all((0..PUBLISHERS).map(|_| hub.client())).await
}

/// A hundred subscriptions of one stream, which is written to as fast as it takes.
async fn throughput(quick: bool) -> anyhow::Result<Value> {
    let each: u64 = if quick { 40 } else { 500 };
    let events = each * PUBLISHERS as u64;
    let hub = hub().await?;
    let publishers = publishers(&hub).await?;
    let mut consumers = consumers(&hub, 100).await?;
    let deliveries = events * consumers.len() as u64;
    let processes = [hub.pid, hub.broker.pid(), std::process::id()];
    let before = processes.map(cpu_seconds);
    let since = Instant::now();
    let taking = try_join_all(consumers.iter_mut().map(|consumer| consumer.take(events, |_| {})));
    futures::try_join!(load::through_hub(&publishers, 0, each, 64), taking)?;
    let rate = load::rate(deliveries, since);
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let us = |n: usize| (cpu_seconds(processes[n]) - before[n]) * 1e6 / deliveries as f64;
    let report = json!({
        "subscriptions": consumers.len(),
        "events": events,
        "deliveries_per_s": rate.round(),
        "deliveries_per_s_target": 50_000,
        "processor_us_per_delivery": {"hub": us(0), "broker": us(1), "bench": us(2)},
        "hub_memory_mib": memory_mib(hub.pid).0,
    });
    hub.end().await?;
    Ok(report)
}

async fn latency(quick: bool) -> anyhow::Result<Value> {
    let seconds: u64 = if quick { 1 } else { 20 };
    let hub = hub().await?;
    let publishers = publishers(&hub).await?;
    let mut consumers = consumers(&hub, RECEIVERS).await?;
    let second = u64::from(EVENTS_PER_S);
    // A warm-up second that does not count.
    steady(&publishers, &mut consumers, EVENTS_PER_S, 0..second, load::event).await?;
    let numbers = second..second * (seconds + 1);
    let mut took = steady(&publishers, &mut consumers, EVENTS_PER_S, numbers, load::event).await?;
    let report = json!({
        "events_per_s": EVENTS_PER_S,
        "subscriptions": RECEIVERS,
        "seconds": seconds,
        "acknowledged_ms": quantiles(&mut took.acknowledged),
        "received_ms": quantiles(&mut took.received),
        "received_targets_ms": {"p99": 20.0},
    });
    hub.end().await?;
    Ok(report)
}

/// What a thousand subscriptions with a consumer each cost while nothing happens.
async fn idle(quick: bool) -> anyhow::Result<Value> {
    let count = if quick { 100 } else { 1_000 };
    let hub = hub().await?;
    let before = memory_mib(hub.pid).0;
    let consumers = consumers(&hub, count).await?;
    let after = memory_mib(hub.pid).0;
    let report = json!({
        "subscriptions": consumers.len(),
        "memory_mib_without": before,
        "memory_mib": after,
        "memory_mib_more": after.saturating_sub(before),
        "memory_mib_more_target": 150,
    });
    hub.end().await?;
    Ok(report)
}

//! One subscription begins a million events behind; others have what is new meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use samflyt_log::Log;
use samflyt_proto::gateway::PublishEventRequest;
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};
use tonic::Code;

use super::{CONSUMER, EVENTS_PER_S, RECEIVERS, SERVICES, SUBSCRIPTION, consumers, publishers};
use crate::bench::child::{self, BenchHub};
use crate::bench::gateway::config;
use crate::bench::reader::{Consumer, agree};
use crate::bench::received::{Took, quantiles, steady};
use crate::bench::{load, rebuild};
use crate::client::Client;

/// Published alone before the comparison, in seconds.
const ALONE_S: u64 = 5;
/// In steps of so many events the head goes on until the one behind has caught up.
const STEP: u64 = EVENTS_PER_S as u64 / 2;

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let events: u64 = if quick { 20_000 } else { 1_000_000 };
    let (broker, dir) = child::broker(SyncInterval::Default).await?;
    let first = BenchHub::start(broker, dir, &["registry"]).await?;
    first.register().await?;
    agree(&first.client().await?, load::TENANT, CONSUMER, &load::SYSTEMS, &[load::TYPE]).await?;
    rebuild::fill(&Log::connect(config(first.broker.access())).await?, events, false).await?;
    let (broker, dir) = first.leave().await?;
    let hub = BenchHub::start(broker, dir, &SERVICES).await?;
    let publishers = publishers(&hub).await?;
    index_is_there(&publishers[0]).await?;
    let mut heads = consumers(&hub, RECEIVERS).await?;
    let mut next = 0;
    let mut go_on = async |count: u64| {
        let numbers = next..next + count;
        next += count;
        steady(&publishers, &mut heads, EVENTS_PER_S, numbers, load::event).await
    };
    go_on(u64::from(EVENTS_PER_S)).await?;
    let mut alone = go_on(u64::from(EVENTS_PER_S) * if quick { 1 } else { ALONE_S }).await?;
    let client = hub.client().await?;
    SUBSCRIPTION.subscribe(&client, "behind", true).await?;
    let mut behind = Consumer::open(&client, load::TENANT, "behind").await?;
    let has_caught_up = AtomicBool::new(false);
    let catching_up = async {
        let since = Instant::now();
        behind.take(events, |_| {}).await?;
        has_caught_up.store(true, Ordering::Relaxed);
        anyhow::Ok(load::rate(events, since))
    };
    let head = async {
        let mut took = Took::default();
        while !has_caught_up.load(Ordering::Relaxed) {
            let step = go_on(STEP).await?;
            took.acknowledged.extend(step.acknowledged);
            took.received.extend(step.received);
        }
        anyhow::Ok(took)
    };
    let (rate, mut beside) = futures::try_join!(catching_up, head)?;
    let report = json!({
        "events_behind": events,
        "caught_up_events_per_s": rate.round(),
        "caught_up_events_per_s_target": 20_000,
        "head_events_per_s": EVENTS_PER_S,
        "head_subscriptions": RECEIVERS,
        "head_alone_received_ms": quantiles(&mut alone.received),
        "head_beside_received_ms": quantiles(&mut beside.received),
    });
    hub.end().await?;
    Ok(report)
}

/// Waits until the gateway knows all ids of the log: before that it takes nothing.
async fn index_is_there(client: &Client) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(600);
    loop {
        let event = Some(load::event(0, 0));
        let request = PublishEventRequest { event, validate_only: true };
        match client.gateway().publish_event(request).await {
            Ok(_) => return Ok(()),
            Err(status) if status.code() == Code::Unavailable && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(status) => return Err(status.into()),
        }
    }
}

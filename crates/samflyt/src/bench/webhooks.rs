//! A hundred subscriptions on one stream, each posted to an endpoint on this machine: deliveries a second, from the first
//! event that is published to the last that is delivered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use samflyt_proto::delivery as pb;
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::child::{self, BenchHub};
use super::load;
use super::machine::{cpu_seconds, memory_mib};
use crate::client::Client;

const SUBSCRIPTIONS: u64 = 100;
const EVENTS: u64 = 2_000;
/// Of the publisher.
const IN_FLIGHT: usize = 256;
const TARGET_PER_S: f64 = 5_000.0;
const WAIT_MAX: Duration = Duration::from_secs(600);

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let events = if quick { EVENTS / 10 } else { EVENTS };
    let deliveries = SUBSCRIPTIONS * events;
    let (broker, dir) = child::broker(SyncInterval::Always).await?;
    let hub = BenchHub::start(broker, dir, &["gateway", "registry", "delivery"]).await?;
    hub.register().await?;
    let client = hub.client().await?;
    let mut receiver = Receiver::start().await?;
    for n in 0..SUBSCRIPTIONS {
        subscribe(&client, n, &receiver.url).await?;
    }
    let before = cpu_seconds(hub.pid);
    let since = Instant::now();
    let published_per_s = load::through_hub(std::slice::from_ref(&client), 0, events, IN_FLIGHT).await?;
    let all = receiver.received.wait_for(|received| *received >= deliveries);
    tokio::time::timeout(WAIT_MAX, all).await.context("not all was delivered in ten minutes")??;
    let per_s = load::rate(deliveries, since);
    let processor = cpu_seconds(hub.pid) - before;
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let report = json!({
        "subscriptions": SUBSCRIPTIONS,
        "events": events,
        "deliveries": deliveries,
        "deliveries_per_s": per_s,
        "target_per_s": TARGET_PER_S,
        "published_per_s": published_per_s,
        "hub_processor_us_per_delivery": processor * 1e6 / deliveries as f64,
        "hub_memory_mib": memory_mib(hub.pid).0,
    });
    hub.end().await?;
    Ok(report)
}

async fn subscribe(client: &Client, n: u64, url: &str) -> anyhow::Result<()> {
    let subscription = pb::Subscription {
        id: format!("hook-{n}"),
        tenant: load::TENANT.to_owned(),
        // What a system published itself needs no agreement.
        consumer: load::SYSTEMS[0].to_owned(),
        webhook: Some(pb::Webhook { url: url.to_owned() }),
        ..Default::default()
    };
    let request = pb::CreateSubscriptionRequest { subscription: Some(subscription), start: None };
    let made = client.delivery().create_subscription(request).await?.into_inner().subscription;
    let made = made.context("no subscription was made")?;
    ensure!(made.state() == pb::SubscriptionState::Active, "{}: {}", made.id, made.because);
    Ok(())
}

/// Allows the hub, and accepts what comes.
struct Receiver {
    url: String,
    /// Events that came for the first time.
    received: watch::Receiver<u64>,
    _serving: JoinSet<std::io::Result<()>>,
}

impl Receiver {
    async fn start() -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/events", listener.local_addr()?);
        let (count, received) = watch::channel(0);
        let count = Arc::new(count);
        let answer = move |method: Method, headers: HeaderMap, _: Bytes| {
            let count = Arc::clone(&count);
            async move { answer(&count, &method, &headers) }
        };
        let mut serving = JoinSet::new();
        serving.spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
        Ok(Self { url, received, _serving: serving })
    }
}

fn answer(count: &watch::Sender<u64>, method: &Method, headers: &HeaderMap) -> Response {
    if method == Method::OPTIONS {
        return ([("webhook-allowed-origin", "*")], ()).into_response();
    }
    if !headers.contains_key("samflyt-redelivery") {
        count.send_modify(|count| *count += 1);
    }
    StatusCode::NO_CONTENT.into_response()
}

//! From when an event was due to be published until it was acknowledged, and until each consumer had it; at a steady pace.

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::try_join_all;
use samflyt_proto::common;
use samflyt_proto::gateway::PublishEventRequest;
use serde_json::{Value, json};

use super::pace::steadily;
use super::quantile;
use super::reader::Consumer;
use crate::client::Client;

/// What it took, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Took {
    pub acknowledged: Vec<f64>,
    pub received: Vec<f64>,
}

/// Publishes the events of these numbers, `per_s` a second, by the clients in turn, and takes them by every consumer.
pub(super) async fn steady(
    publishers: &[Client],
    consumers: &mut [Consumer],
    per_s: u32,
    numbers: Range<u64>,
    event: impl Fn(usize, u64) -> common::Event,
) -> anyhow::Result<Took> {
    let (from, count) = (numbers.start, numbers.end - numbers.start);
    let event = &event;
    let publishing = steadily(count, Duration::from_secs(1) / per_s, |n, due| async move {
        let index = usize::try_from(n)? % publishers.len();
        let event = Some(event(index, from + n));
        let request = PublishEventRequest { event, validate_only: false };
        publishers[index].gateway().publish_event(request).await?;
        Ok((n, due, since(due, Instant::now())))
    });
    let receiving = try_join_all(consumers.iter_mut().map(|consumer| async move {
        let mut got = Vec::new();
        consumer.take(count, |event| got.push((number(event), Instant::now()))).await?;
        anyhow::Ok(got)
    }));
    let (published, received) = futures::try_join!(publishing, receiving)?;
    let mut due = vec![None; usize::try_from(count)?];
    for (n, at, _) in &published {
        due[usize::try_from(*n)?] = Some(*at);
    }
    let mut took =
        Took { acknowledged: published.iter().map(|(_, _, took)| *took).collect(), ..Took::default() };
    for (n, at) in received.into_iter().flatten() {
        let place = n.and_then(|n| usize::try_from(n.checked_sub(from)?).ok());
        let due = place.and_then(|place| *due.get(place)?).context("an event came that nobody published")?;
        took.received.push(since(due, at));
    }
    Ok(took)
}

fn since(due: Instant, at: Instant) -> f64 {
    at.saturating_duration_since(due).as_secs_f64() * 1e3
}

/// The number that the load gave an event.
fn number(event: &common::Event) -> Option<u64> {
    event.id.rsplit('-').next()?.parse().ok()
}

pub(super) fn quantiles(ms: &mut [f64]) -> Value {
    json!({
        "samples": ms.len(),
        "p50": quantile(ms, 0.5),
        "p90": quantile(ms, 0.9),
        "p99": quantile(ms, 0.99),
        "most": quantile(ms, 1.0),
    })
}

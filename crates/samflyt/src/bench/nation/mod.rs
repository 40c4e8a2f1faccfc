//! A generated nation: how long questions take as it grows, and what the hub needs for it.
//!
//! The log is written straight to the broker, as a gateway and a registry would have written it over three years. It grows
//! in three steps, a tenth, a third and the whole, on one broker; at each the hub, a process of its own, is started, asked
//! and stopped. What costs as much as its answer costs the same at each step.

mod events;
mod graphs;
mod grown;
mod insight;
mod kinds;
mod records;
mod registrar;
mod sample;
mod shape;
mod shared;
mod writer;

use std::time::Instant;

use futures::{StreamExt, TryStreamExt};
use samflyt_log::Log;
use samflyt_runtime::SystemClock;
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::child;
use super::gateway::config;
use super::load::rate;
use grown::Grown;
use registrar::Registrar;
use shape::{House, MUNICIPALITIES};
use writer::Writer;

/// The nation is so many years old.
const YEARS: i64 = 3;
const YEAR: Duration = Duration::days(365);
/// Of the whole.
const STEPS: [(&str, usize); 3] = [("a_tenth", 10), ("a_third", 3), ("the_whole", 1)];
const QUICK: usize = 30;
/// How many streams are made at once.
const STREAMS_AT_ONCE: usize = 16;

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let whole = if quick { MUNICIPALITIES.div_ceil(QUICK) } else { MUNICIPALITIES };
    let now = SystemClock::shared().now();
    let (mut broker, mut dir) = child::broker(SyncInterval::Default).await?;
    let mut report = json!({"municipalities": whole, "memory_target_mib": 1_024});
    let (mut written, mut messages) = (0, 0);
    for (name, part) in STEPS {
        let municipalities = whole.div_ceil(part);
        let log = Log::connect(config(broker.access())).await?;
        let generated = grow(&log, written..municipalities, &mut messages, now).await?;
        written = municipalities;
        let grown = Grown { municipalities, last_year: now - YEAR };
        let (measured, stopped) = grown.measure(broker, dir).await?;
        (broker, dir) = stopped;
        report[name] = measured;
        report[name]["generated"] = generated;
        // Minutes go by until the whole report: what is known is shown as it goes.
        eprintln!("{name}: {}", report[name]);
    }
    broker.stop().await;
    Ok(report)
}

/// Writes the municipalities of a range, and what all share where it is not there yet.
async fn grow(
    log: &Log,
    range: std::ops::Range<usize>,
    messages: &mut u64,
    now: OffsetDateTime,
) -> anyhow::Result<Value> {
    let (from, until) = (now - YEAR * i32::try_from(YEARS)?, now - Duration::hours(1));
    let since = Instant::now();
    log.ensure_registry().await?;
    let streams = futures::stream::iter(range.clone()).map(|index| async move {
        log.ensure_tenant(&shape::tenant(index)?).await?;
        anyhow::Ok(())
    });
    streams.buffer_unordered(STREAMS_AT_ONCE).try_collect::<()>().await?;
    let made = since.elapsed();
    let mut writer = Writer::new(log, *messages);
    let first = writer.written;
    if range.start == 0 {
        shared::common(&mut Registrar::new(&mut writer)?, from).await?;
    }
    let (mut records, mut events) = (writer.written - first, 0);
    for index in range {
        let house = House::draw(index)?;
        let before = writer.written;
        let mut registrar = Registrar::new(&mut writer)?;
        shared::of_house(&mut registrar, &house, from).await?;
        records::write(&mut registrar, &house, from, until).await?;
        records += writer.written - before;
        events += events::write(&mut writer, &house, from, until).await?;
    }
    writer.settled().await?;
    *messages = writer.written;
    Ok(json!({
        "catalogue_records": records,
        "events": events,
        "seconds_for_streams": made.as_secs_f64(),
        "seconds": since.elapsed().as_secs_f64(),
        "messages_per_s": rate(records + events, since).round(),
    }))
}

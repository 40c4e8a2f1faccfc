//! What all answers share: their completeness, their refusals, events as messages, dates.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use samflyt_events::catalogue::{AsOf, Scope};
use samflyt_events::subject::{delivery_stream, events_stream};
use samflyt_events::{HUB_TENANT, Reason, RecordedEvent, Refusal, TenantId};
use samflyt_projection::StreamPosition;
use samflyt_proto::{common, lineage as pb};
use samflyt_runtime::Caller;
use samflyt_runtime::refused::{self, duration, timestamp};
use time::{Date, OffsetDateTime};

use crate::Lineage;
use crate::projections::day_of;
use crate::reader::{Period, Reader, streams_of};

/// How long an answer waits for a position where the call has no deadline of its own.
const AT_LEAST_WAIT: Duration = Duration::from_secs(10);

impl Lineage {
    /// What the catalogue shares is asked for by the hub's own name, and read by those who may read all.
    fn readable(&self, caller: &Caller, asked: &[TenantId]) -> Result<BTreeSet<TenantId>, Refusal> {
        let catalogue = self.deps.feed.get();
        match asked {
            [only] if only.as_str() == HUB_TENANT => {
                caller.require_for_all(&catalogue, Scope::Query)?;
                Ok(asked.iter().cloned().collect())
            }
            _ => caller.readable(&catalogue, asked),
        }
    }

    /// The tenants among those asked about that the caller may read, and a reader whose position reaches what was asked
    /// for.
    pub(crate) async fn question(
        &self,
        caller: &Caller,
        tenants: &[String],
        at_least: Option<pb::AtLeast>,
    ) -> Result<(BTreeSet<TenantId>, Reader), Refusal> {
        let asked = tenants
            .iter()
            .map(|tenant| TenantId::new(tenant).map_err(|_| Refusal::not_granted()))
            .collect::<Result<Vec<_>, _>>()?;
        let readable = self.readable(caller, &asked)?;
        if let Some(position) = at_least {
            let tenant = TenantId::new(&position.tenant).map_err(|_| Refusal::not_granted())?;
            if !readable.contains(&tenant) {
                return Err(Refusal::not_granted());
            }
            let stream = events_stream(&tenant);
            let reached = self.runner.wait_for(&stream, position.sequence);
            tokio::time::timeout(AT_LEAST_WAIT, reached).await.map_err(|_| {
                let message = "the projection has not reached the position of `at_least` yet: try again";
                Refusal::new(Reason::IndexBehind, message)
            })?;
        }
        Ok((readable, Reader::new(self.runner.view())))
    }
}

/// How far an answer about these tenants reaches.
pub(crate) fn completeness(
    reader: &Reader,
    tenants: &BTreeSet<TenantId>,
    truncated: bool,
) -> common::Completeness {
    let known: HashMap<&str, &StreamPosition> =
        reader.view.positions().iter().map(|found| (found.stream.as_str(), found)).collect();
    let mut positions = Vec::new();
    for tenant in tenants {
        let streams = streams_of(tenant).into_iter().chain([delivery_stream(tenant)]);
        let found = streams.filter_map(|stream| known.get(stream.as_str()));
        positions.extend(found.map(|found| position_of(tenant, found)));
    }
    common::Completeness { positions, truncated, rebuilding: reader.view.rebuilding() }
}

/// The position of one stream.
pub(crate) fn position(reader: &Reader, tenant: &TenantId, stream: &str) -> Option<common::Position> {
    Some(position_of(tenant, reader.view.position(stream)?))
}

fn position_of(tenant: &TenantId, found: &StreamPosition) -> common::Position {
    common::Position {
        tenant: tenant.to_string(),
        stream: found.stream.clone(),
        sequence: found.sequence,
        head: found.head,
        lag_events: found.head.saturating_sub(found.sequence),
        head_observed_at: found.head_observed_at.map(timestamp),
    }
}

pub(crate) fn store_failed(error: samflyt_projection::StoreError) -> Refusal {
    tracing::error!(%error, "the lineage store cannot be read");
    Refusal::new(Reason::LogUnavailable, "the projection cannot be read and is being rebuilt: try again")
}

pub(crate) fn log_failed(error: samflyt_log::ReadError) -> Refusal {
    tracing::warn!(%error, "the log cannot be read");
    Refusal::new(Reason::LogUnavailable, "the log does not answer: try again")
}

pub(crate) fn not_found(what: &str) -> Refusal {
    Refusal::new(Reason::NotFound, format!("there is no such {what} in what the hub has folded so far"))
}

/// An event as a message, without its data.
pub(crate) fn event(recorded: &RecordedEvent) -> common::RecordedEvent {
    samflyt_runtime::message::recorded(recorded, bytes::Bytes::new())
}

/// A time of the log, in milliseconds since 1970, as a message.
pub(crate) fn moment(at_ms: u64) -> prost_types::Timestamp {
    let nanos = i32::try_from(at_ms % 1_000).unwrap_or(0) * 1_000_000;
    prost_types::Timestamp { seconds: i64::try_from(at_ms / 1_000).unwrap_or(i64::MAX), nanos }
}

/// A time span that may be negative, as a message.
pub(crate) fn span(span: time::Duration) -> prost_types::Duration {
    prost_types::Duration { seconds: span.whole_seconds(), nanos: span.subsec_nanoseconds() }
}

/// For how long nothing came.
pub(crate) fn silence(now: OffsetDateTime, last_ms: u64) -> prost_types::Duration {
    let now_ms = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    duration(Duration::from_millis(now_ms.saturating_sub(last_ms)))
}

/// The part of the past that a question is about: whole days of a window, and only what had been seen by a moment.
pub(crate) fn period(
    window: Option<pb::Window>,
    as_of: Option<prost_types::Timestamp>,
) -> Result<Period, Refusal> {
    let window = window.unwrap_or_default();
    let from = day("/window/from", &window.from, 0)?;
    let until = day("/window/until", &window.until, u16::MAX)?;
    if from > until {
        let advice = "give the earlier date as `from`";
        return Err(Refusal::of_field(Reason::RequestInvalid, "/window", "ends before it begins", advice));
    }
    let seen_ms = moment_of(as_of)?
        .map_or(u64::MAX, |moment| u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(0));
    Ok(Period { from, until, seen_ms })
}

/// The moment that a question is about; none: now.
pub(crate) fn moment_of(as_of: Option<prost_types::Timestamp>) -> Result<AsOf, Refusal> {
    let Some(at) = as_of else { return Ok(None) };
    refused::moment(&at).map(Some).ok_or_else(|| {
        let advice = "give a moment of the past";
        Refusal::of_field(Reason::RequestInvalid, "/as_of", "is out of range", advice)
    })
}

fn day(field: &str, text: &str, open: u16) -> Result<u16, Refusal> {
    if text.is_empty() {
        return Ok(open);
    }
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let date = Date::parse(text, format).map_err(|_| {
        let advice = "give it as 2026-03-01";
        Refusal::of_field(Reason::RequestInvalid, field, "is not a date", advice)
    })?;
    let at_ms = date.midnight().assume_utc().unix_timestamp_nanos() / 1_000_000;
    Ok(u64::try_from(at_ms).map(day_of).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_whole_days_and_never_backwards() {
        let days = |from, until| {
            let window = pb::Window { from: String::from(from), until: String::from(until) };
            period(Some(window), None).map(|period| (period.from, period.until))
        };
        assert_eq!(period(None, None), Ok(Period::ALL));
        assert_eq!(days("", ""), Ok((0, u16::MAX)));
        assert_eq!(days("1970-01-02", "1970-01-03"), Ok((1, 2)));
        assert_eq!(days("1970-01-02", ""), Ok((1, u16::MAX)));
        assert!(days("2026-03-02", "2026-03-01").is_err());
        assert!(days("yesterday", "").is_err());
    }

    #[test]
    fn what_was_seen_by_a_moment_is_counted_to_the_millisecond() {
        let at = prost_types::Timestamp { seconds: 2, nanos: 5_000_000 };
        assert_eq!(period(None, Some(at)).map(|period| period.seen_ms), Ok(2_005));
        assert!(period(None, Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 })).is_err());
    }
}

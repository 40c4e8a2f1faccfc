//! Who gives what to whom, as the log shows it: counted for ever, and by day of append.
//!
//! Every event is a flow of its provider and type to nobody; one that was caused by another system's event is, besides, a
//! flow of the cause's provider and type to the system that published it.

use samflyt_projection::{FoldError, Writer};

use super::events::Joined;
use super::keys::{self, FlowKey, NOBODY, Number, Place, Tail};
use super::values::Totals;
use super::{Names, Seen, day_of};

/// The how manieth of its provider and type the event is.
pub(super) fn fold(
    names: &mut Names,
    writer: &mut Writer<'_>,
    place: Place,
    seen: &Seen<'_>,
    joined: &Joined,
) -> Result<u64, FoldError> {
    let system = names.number(writer, seen.system)?;
    let kind = names.number(writer, seen.kind)?;
    let published = FlowKey { stream: place.stream, provider: system, kind, consumer: NOBODY };
    let ordinal = count(writer, &published, seen.at_ms)?;
    count_version(writer, place.stream, kind, system, seen)?;
    let key = keys::system(place.stream, system);
    let totals = writer.get(&key)?.and_then(|value| Totals::from_bytes(&value)).unwrap_or_default();
    writer.put(key, totals.and_one_at(seen.at_ms).to_bytes());
    if let (Some(cause), Some(reference)) = (joined.cause, seen.causation)
        && let Some((provider, _)) = reference.split_once('/')
        && provider != seen.system
    {
        let provider = names.number(writer, provider)?;
        let flow = FlowKey { stream: place.stream, provider, kind: cause.kind, consumer: system };
        count(writer, &flow, seen.at_ms)?;
    }
    for waited in &joined.waited {
        if waited.system != system {
            let flow = FlowKey { stream: place.stream, provider: system, kind, consumer: waited.system };
            // On the day of the effect, as if the cause had been there.
            count(writer, &flow, waited.at_ms)?;
        }
    }
    Ok(ordinal)
}

/// Which version of its contract a system publishes.
fn count_version(
    writer: &mut Writer<'_>,
    stream: Number,
    kind: Number,
    system: Number,
    seen: &Seen<'_>,
) -> Result<(), FoldError> {
    let Some(version) = seen.contract else { return Ok(()) };
    let key = keys::versions_of(kind).number(stream).version(version).number(system).into_bytes();
    let totals = writer.get(&key)?.and_then(|value| Totals::from_bytes(&value)).unwrap_or_default();
    writer.put(key, totals.and_one_at(seen.at_ms).to_bytes());
    Ok(())
}

/// How many there are of the flow now.
fn count(writer: &mut Writer<'_>, flow: &FlowKey, at_ms: u64) -> Result<u64, FoldError> {
    let key = keys::flow(flow);
    let before = writer.get(&key)?.and_then(|value| Totals::from_bytes(&value));
    let FlowKey { stream, provider, kind, consumer } = *flow;
    if consumer == NOBODY && before.is_none() {
        writer.put(keys::providers_of(kind).number(stream).number(provider).into_bytes(), []);
    }
    if consumer != NOBODY && before.is_none_or(|before| at_ms < before.first_ms) {
        let key = keys::used_by(consumer).number(stream).number(provider).number(kind).into_bytes();
        writer.put(key, at_ms.to_be_bytes());
    }
    let before = before.unwrap_or_default();
    writer.put(key, before.and_one_at(at_ms).to_bytes());
    count_day(writer, flow, before, at_ms)?;
    Ok(before.events + 1)
}

/// Adds one to the day of append, and to every day after it: the counts are cumulative. Days come in order but for a late
/// join, or a clock of the broker that was set back.
fn count_day(writer: &mut Writer<'_>, flow: &FlowKey, before: Totals, at_ms: u64) -> Result<(), FoldError> {
    let day = day_of(at_ms);
    let days = || keys::flow_days(flow);
    let key = days().day(day).into_bytes();
    if let Some(of_day) = writer.get(&key)?.and_then(|value| Totals::from_bytes(&value)) {
        writer.put(key, of_day.and_one_at(at_ms).to_bytes());
    } else if before.events == 0 || day > day_of(before.last_ms) {
        let of_day = Totals { events: before.events + 1, first_ms: at_ms, last_ms: at_ms };
        writer.put(key, of_day.to_bytes());
    } else {
        let earlier = rows(writer, &days().into_bytes())?.into_iter().rev().find(|(other, _)| *other < day);
        let events = earlier.map_or(0, |(_, totals)| totals.events) + 1;
        writer.put(key, Totals { events, first_ms: at_ms, last_ms: at_ms }.to_bytes());
    }
    if before.events > 0 && day < day_of(before.last_ms) {
        for (later, totals) in rows(writer, &days().into_bytes())? {
            if later > day {
                let totals = Totals { events: totals.events + 1, ..totals };
                writer.put(days().day(later).into_bytes(), totals.to_bytes());
            }
        }
    }
    Ok(())
}

/// The days of a flow.
fn rows(writer: &Writer<'_>, prefix: &[u8]) -> Result<Vec<(u16, Totals)>, FoldError> {
    let rows = writer.scan_prefix(prefix)?.into_iter();
    Ok(rows.filter_map(|(key, value)| Some((Tail(&key).day()?, Totals::from_bytes(&value)?))).collect())
}

//! Who gives what to whom, as the log shows it: counted for ever, and by day of append.
//!
//! Every event is a flow of its provider and type to nobody; one that was caused by another system's event is, besides, a
//! flow of the cause's provider and type to the system that published it.

use samflyt_projection::{FoldError, Writer};

use super::events::Joined;
use super::keys::{self, NOBODY, Number, Place};
use super::values::Totals;
use super::{Names, Seen, day_of};

pub(super) fn fold(
    names: &mut Names,
    writer: &mut Writer<'_>,
    place: Place,
    seen: &Seen<'_>,
    joined: &Joined,
) -> Result<(), FoldError> {
    let system = names.number(writer, seen.system)?;
    let kind = names.number(writer, seen.kind)?;
    count(writer, &Flow { stream: place.stream, provider: system, kind, consumer: NOBODY }, seen.at_ms)?;
    let key = keys::system(place.stream, system);
    let totals = writer.get(&key)?.and_then(|value| Totals::from_bytes(&value)).unwrap_or_default();
    writer.put(key, totals.and_one_at(seen.at_ms).to_bytes().to_vec())?;
    if let (Some(cause), Some(reference)) = (joined.cause, seen.causation)
        && let Some((provider, _)) = reference.split_once('/')
        && provider != seen.system
    {
        let provider = names.number(writer, provider)?;
        let flow = Flow { stream: place.stream, provider, kind: cause.kind, consumer: system };
        count(writer, &flow, seen.at_ms)?;
    }
    for (effect, consumer) in &joined.waited {
        if *consumer != system {
            // Counted when it became known, so that a day that has passed never changes.
            count(writer, &Flow { stream: effect.stream, provider: system, kind, consumer: *consumer }, seen.at_ms)?;
        }
    }
    Ok(())
}

struct Flow {
    stream: Number,
    provider: Number,
    kind: Number,
    consumer: Number,
}

fn count(writer: &mut Writer<'_>, flow: &Flow, at_ms: u64) -> Result<(), FoldError> {
    let Flow { stream, provider, kind, consumer } = *flow;
    let key = keys::flow(stream, provider, kind, consumer).into_bytes();
    let before = writer.get(&key)?.and_then(|value| Totals::from_bytes(&value));
    if before.is_none() {
        if consumer == NOBODY {
            writer.put_new(keys::providers_of(kind, stream).number(provider).into_bytes(), Vec::new())?;
        } else {
            let key = keys::used_by(stream, consumer).number(provider).number(kind).into_bytes();
            writer.put_new(key, Vec::new())?;
        }
    }
    let totals = before.unwrap_or_default().and_one_at(at_ms);
    writer.put(key, totals.to_bytes().to_vec())?;
    // The day of append; the log's clock may step back, a cumulative count may not.
    let day = day_of(totals.last_ms);
    let key = keys::flow_days(stream, provider, kind, consumer).day(day).into_bytes();
    let of_day = writer.get(&key)?.and_then(|value| Totals::from_bytes(&value)).unwrap_or_default();
    let first_ms = if of_day.events == 0 { at_ms } else { of_day.first_ms };
    writer.put(key, Totals { first_ms, ..totals }.to_bytes().to_vec())
}

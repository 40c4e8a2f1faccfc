//! Where events stand, what they led to, what amended them, and which affair they belong to.
//!
//! An event may name one that is not there yet: then it waits, and is joined when the other comes.

use samflyt_projection::{FoldError, Writer};

use super::keys::{self, Number, Place, Tail, event_key_of};
use super::values::{Located, Waiting};
use super::{Names, Seen};

/// What the flows are told: the cause that is known, and those who waited for this event.
pub(super) struct Joined {
    pub cause: Option<Located>,
    pub waited: Vec<Waiting>,
}

pub(super) fn fold(
    names: &mut Names,
    writer: &mut Writer<'_>,
    place: Place,
    seen: &Seen<'_>,
) -> Result<Joined, FoldError> {
    let kind = names.number(writer, seen.kind)?;
    let located = Located { sequence: place.sequence, kind };
    writer.put(keys::event(place.stream, &seen.key), located.to_bytes());
    if seen.correlation != seen.reference {
        writer.put(keys::affair(place.stream, seen.correlation).sequence(place.sequence).into_bytes(), []);
    }
    for (target, mark) in [(seen.corrects, 1), (seen.retracts, 2)] {
        if let Some(target) = target {
            let key = keys::amended(place.stream, &event_key_of(target.as_bytes()))
                .sequence(place.sequence)
                .into_bytes();
            writer.put(key, vec![mark]);
        }
    }
    let waited = release(writer, place, seen)?;
    let cause = match seen.causation {
        None => None,
        Some(cause) => join(names, writer, place, seen, cause)?,
    };
    if waited.is_empty() {
        let system = names.number(writer, seen.system)?;
        writer.put(leaf(place, kind, system), []);
    }
    if let (Some(cause), Some((system, _))) = (cause, seen.causation.and_then(|cause| cause.split_once('/')))
    {
        let system = names.number(writer, system)?;
        writer.remove(leaf(Place { sequence: cause.sequence, ..place }, cause.kind, system));
    }
    Ok(Joined { cause, waited })
}

/// An event that nothing has followed from.
fn leaf(place: Place, kind: Number, system: Number) -> Vec<u8> {
    keys::leaves_of(place.stream, kind, system).sequence(place.sequence).into_bytes()
}

fn join(
    names: &mut Names,
    writer: &mut Writer<'_>,
    place: Place,
    seen: &Seen<'_>,
    cause: &str,
) -> Result<Option<Located>, FoldError> {
    let key = event_key_of(cause.as_bytes());
    let found = writer.get(&keys::event(place.stream, &key))?.and_then(|value| Located::from_bytes(&value));
    match found {
        Some(cause) => writer.put(
            keys::effects_of(Place { sequence: cause.sequence, ..place })
                .sequence(place.sequence)
                .into_bytes(),
            [],
        ),
        None => {
            let system = names.number(writer, seen.system)?;
            let waiting = Waiting { system, at_ms: seen.at_ms };
            writer.put(
                keys::pending_on(place.stream, &key).sequence(place.sequence).into_bytes(),
                waiting.to_bytes(),
            );
            add(writer, place.stream, 1)?;
        }
    }
    Ok(found)
}

/// Joins those who named this event before it came.
fn release(writer: &mut Writer<'_>, place: Place, seen: &Seen<'_>) -> Result<Vec<Waiting>, FoldError> {
    if pending(writer, place.stream)? == 0 {
        return Ok(Vec::new());
    }
    let waiting = writer.scan_prefix(&keys::pending_on(place.stream, &seen.key).into_bytes())?;
    let mut released = Vec::with_capacity(waiting.len());
    for (key, value) in waiting {
        let (Some(effect), Some(waited)) = (Tail(&key).sequence(), Waiting::from_bytes(&value)) else {
            continue;
        };
        writer.put(keys::effects_of(place).sequence(effect).into_bytes(), []);
        writer.remove(key);
        released.push(waited);
    }
    if !released.is_empty() {
        add(writer, place.stream, -i64::try_from(released.len()).unwrap_or(i64::MAX))?;
    }
    Ok(released)
}

/// How many wait in a stream: while none does, nothing needs to be looked for.
fn pending(writer: &Writer<'_>, stream: Number) -> Result<u64, FoldError> {
    let value = writer.get(&keys::pending(stream).into_bytes())?;
    Ok(value.and_then(|value| value.as_slice().try_into().ok()).map_or(0, u64::from_be_bytes))
}

fn add(writer: &mut Writer<'_>, stream: Number, count: i64) -> Result<(), FoldError> {
    let waiting = pending(writer, stream)?.saturating_add_signed(count);
    writer.put(keys::pending(stream).into_bytes(), waiting.to_be_bytes());
    Ok(())
}

//! Where events stand, what they led to, what amended them, and which affair they belong to.
//!
//! An event may name one that is not there yet (another tenant's, or one on its way): then it waits, and is joined when
//! the other comes.

use samflyt_projection::{FoldError, Writer};

use super::keys::{self, Number, Place, Tail, event_key_of};
use super::values::Located;
use super::{Names, Seen};

/// What the flows are told: the cause that is known, and the places and systems of those who waited for this event.
pub(super) struct Joined {
    pub cause: Option<Located>,
    pub waited: Vec<(Place, Number)>,
}

pub(super) fn fold(
    names: &mut Names,
    writer: &mut Writer<'_>,
    place: Place,
    seen: &Seen<'_>,
) -> Result<Joined, FoldError> {
    let kind = names.number(writer, seen.kind)?;
    writer.put_new(keys::event(&seen.key), Located { place, kind }.to_bytes().to_vec())?;
    if seen.correlation != seen.reference {
        writer.put_new(keys::affair(seen.correlation).place(place).into_bytes(), Vec::new())?;
    }
    for (target, mark) in [(seen.corrects, 1), (seen.retracts, 2)] {
        if let Some(target) = target {
            let key = keys::amended(&event_key_of(target.as_bytes())).place(place).into_bytes();
            writer.put_new(key, vec![mark])?;
        }
    }
    let waited = release(writer, place, seen)?;
    let cause = match seen.causation {
        None => None,
        Some(cause) => join(names, writer, place, seen, cause)?,
    };
    Ok(Joined { cause, waited })
}

fn join(
    names: &mut Names,
    writer: &mut Writer<'_>,
    place: Place,
    seen: &Seen<'_>,
    cause: &str,
) -> Result<Option<Located>, FoldError> {
    let key = event_key_of(cause.as_bytes());
    let found = writer.get(&keys::event(&key))?.and_then(|value| Located::from_bytes(&value));
    match found {
        Some(cause) => writer.put_new(keys::effects_of(cause.place).place(place).into_bytes(), Vec::new())?,
        None => {
            let system = names.number(writer, seen.system)?;
            writer.put_new(keys::pending_on(&key).place(place).into_bytes(), system.to_be_bytes().to_vec())?;
            add(writer, 1)?;
        }
    }
    Ok(found)
}

/// Joins those who named this event before it came.
fn release(writer: &mut Writer<'_>, place: Place, seen: &Seen<'_>) -> Result<Vec<(Place, Number)>, FoldError> {
    if pending(writer)? == 0 {
        return Ok(Vec::new());
    }
    let waiting = writer.scan_prefix(&keys::pending_on(&seen.key).into_bytes())?;
    let mut released = Vec::with_capacity(waiting.len());
    for (key, value) in waiting {
        let (Some(effect), Some(system)) = (Tail(&key).place(), Tail(&value).number()) else { continue };
        writer.put_new(keys::effects_of(place).place(effect).into_bytes(), Vec::new())?;
        writer.remove(&key)?;
        released.push((effect, system));
    }
    if !released.is_empty() {
        add(writer, -i64::try_from(released.len()).unwrap_or(i64::MAX))?;
    }
    Ok(released)
}

/// How many wait: while none does, nothing needs to be looked for. Kept beside the keys of those who wait.
const PENDING: &[u8] = b"p";

fn pending(writer: &mut Writer<'_>) -> Result<u64, FoldError> {
    let value = writer.get(PENDING)?;
    Ok(value.and_then(|value| value.as_slice().try_into().ok()).map_or(0, u64::from_be_bytes))
}

fn add(writer: &mut Writer<'_>, count: i64) -> Result<(), FoldError> {
    let waiting = pending(writer)?.saturating_add_signed(count);
    writer.put(PENDING.to_vec(), waiting.to_be_bytes().to_vec())
}

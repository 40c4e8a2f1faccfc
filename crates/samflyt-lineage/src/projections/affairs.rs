//! What was told, by type: of which affair, about what, and when. So that a question about types of which only the catalogue
//! of the day knows (such as those with archive duty) reads those types and no others.

use samflyt_projection::{FoldError, Writer};

use super::events::Joined;
use super::keys::{self, Place};
use super::values::Told;
use super::{Names, Seen};

pub(super) fn fold(
    names: &mut Names,
    writer: &mut Writer<'_>,
    place: Place,
    seen: &Seen<'_>,
    joined: &Joined,
    ordinal: u64,
) -> Result<(), FoldError> {
    // The catalogue's own events are nobody's affair.
    if seen.contract.is_none() {
        return Ok(());
    }
    let (kind, system) = (names.number(writer, seen.kind)?, names.number(writer, seen.system)?);
    let told = Told {
        affair: keys::short_hash(seen.correlation),
        entity: keys::short_hash(seen.entity),
        at_ms: seen.at_ms,
        cause: joined.cause.map_or(0, |cause| cause.sequence),
        ordinal,
    };
    let key = keys::told_by(place.stream, kind, system).sequence(place.sequence);
    writer.put(key.into_bytes(), told.to_bytes());
    Ok(())
}

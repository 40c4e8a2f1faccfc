//! The form of a segment file: records, one after the other.
//!
//! `MAGIC | length u32 | CRC32C u32 | number u64 | put at, ms since 1970, i64 | event`, little-endian; the length is the event's,
//! and the checksum is of all but the magic and itself. Kept true: what was written and is whole is read again, whatever
//! happened to what is around it. The magic holds bytes that are never in UTF-8, so no event can look like a record.

use std::ops::Range;

const MAGIC: [u8; 4] = [0xFF, b'S', 0xFE, 0x01];
const HEADER_BYTES: usize = 28;
/// Longer than any event that a hub takes.
pub(super) const EVENT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// One event in a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub number: u64,
    pub at_ms: i64,
    /// Of the whole record.
    pub place: Range<usize>,
}

/// What a look through a segment found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub records: Vec<Record>,
    /// What is no record, with whole ones behind it or longer than a record that was cut off.
    pub damaged: Vec<Range<usize>>,
    /// Where the last record was cut off, as a crash does it before it was acknowledged.
    pub torn: Option<usize>,
}

/// How many bytes an event takes.
pub(super) fn record_bytes(event: &[u8]) -> u64 {
    (HEADER_BYTES + event.len()) as u64
}

/// Puts a record behind what is there. The event has at most [`EVENT_BYTES_MAX`] bytes.
pub(super) fn append(to: &mut Vec<u8>, number: u64, at_ms: i64, event: &[u8]) {
    let length = u32::try_from(event.len()).unwrap_or(u32::MAX).to_le_bytes();
    let (number, at_ms) = (number.to_le_bytes(), at_ms.to_le_bytes());
    let checksum = checksum(&length, &[&number[..], &at_ms].concat(), event);
    to.extend_from_slice(&MAGIC);
    to.extend_from_slice(&length);
    to.extend_from_slice(&checksum.to_le_bytes());
    to.extend_from_slice(&number);
    to.extend_from_slice(&at_ms);
    to.extend_from_slice(event);
}

/// The event of a record that was read from its place; none where it is not whole any more.
pub(super) fn event_of(record: &[u8]) -> Option<&[u8]> {
    match read(record, 0) {
        Read::Record(found) if found.place.end == record.len() => Some(&record[HEADER_BYTES..]),
        _ => None,
    }
}

/// Looks through a whole segment.
pub(super) fn scan(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let mut at = 0;
    while at < bytes.len() {
        match read(bytes, at) {
            Read::Record(record) => {
                at = record.place.end;
                found.records.push(record);
            }
            bad => match next_record(bytes, at + 1) {
                Some(next) => {
                    found.damaged.push(at..next);
                    at = next;
                }
                None if bad == Read::CutOff => {
                    found.torn = Some(at);
                    break;
                }
                None => {
                    found.damaged.push(at..bytes.len());
                    break;
                }
            },
        }
    }
    found
}

#[derive(Debug, PartialEq, Eq)]
enum Read {
    Record(Record),
    /// It goes beyond the end.
    CutOff,
    Bad,
}

fn read(bytes: &[u8], at: usize) -> Read {
    let rest = &bytes[at..];
    let known = rest.len().min(MAGIC.len());
    if rest[..known] != MAGIC[..known] {
        return Read::Bad;
    }
    let Some(header) = rest.get(..HEADER_BYTES) else { return Read::CutOff };
    let length = u32::from_le_bytes(array(&header[4..8])) as usize;
    if length > EVENT_BYTES_MAX {
        return Read::Bad;
    }
    let Some(event) = rest.get(HEADER_BYTES..HEADER_BYTES + length) else { return Read::CutOff };
    if checksum(&header[4..8], &header[12..], event) != u32::from_le_bytes(array(&header[8..12])) {
        return Read::Bad;
    }
    Read::Record(Record {
        number: u64::from_le_bytes(array(&header[12..20])),
        at_ms: i64::from_le_bytes(array(&header[20..28])),
        place: at..at + HEADER_BYTES + length,
    })
}

fn next_record(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len())
        .filter(|at| bytes[*at] == MAGIC[0])
        .find(|at| matches!(read(bytes, *at), Read::Record(_)))
}

fn checksum(length: &[u8], head: &[u8], event: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c_append(crc32c::crc32c(length), head), event)
}

/// The slice has as many bytes.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segment(events: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for (number, event) in events.iter().enumerate() {
            append(&mut bytes, number as u64, 7, event);
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    fn events() -> impl Strategy<Value = Vec<Vec<u8>>> {
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 1..8)
    }

    /// Every whole record is one of those that were written, where it was written.
    fn only_what_was_written(bytes: &[u8], found: &Found, events: &[Vec<u8>]) {
        for record in &found.records {
            let event = event_of(&bytes[record.place.clone()]).unwrap();
            assert_eq!(event, events[usize::try_from(record.number).unwrap()]);
        }
    }

    proptest! {
        #[test]
        fn a_segment_cut_anywhere_has_the_records_before_the_cut_and_says_what_was_torn(
            events in events(), cut in any::<prop::sample::Index>(),
        ) {
            let (mut bytes, ends) = segment(&events);
            bytes.truncate(cut.index(bytes.len() + 1));
            let found = scan(&bytes);
            only_what_was_written(&bytes, &found, &events);
            let whole: Vec<usize> = ends.into_iter().filter(|end| *end <= bytes.len()).collect();
            prop_assert_eq!(found.records.iter().map(|record| record.place.end).collect::<Vec<_>>(), whole.clone());
            let end = whole.last().copied().unwrap_or(0);
            prop_assert_eq!(found.torn, (end < bytes.len()).then_some(end));
            prop_assert!(found.damaged.is_empty());
        }

        #[test]
        fn a_bit_flipped_anywhere_costs_one_record_and_is_named(
            events in events(), at in any::<prop::sample::Index>(), bit in 0..8_u8,
        ) {
            let (mut bytes, ends) = segment(&events);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let found = scan(&bytes);
            only_what_was_written(&bytes, &found, &events);
            let hit = ends.iter().position(|end| at < *end).unwrap();
            let kept: Vec<u64> = (0..events.len()).filter(|n| *n != hit).map(|n| n as u64).collect();
            prop_assert_eq!(found.records.iter().map(|record| record.number).collect::<Vec<_>>(), kept);
            let begin = if hit == 0 { 0 } else { ends[hit - 1] };
            let damaged = found.damaged.first() == Some(&(begin..ends[hit])) && found.damaged.len() == 1;
            let named = damaged || found.torn == Some(begin);
            prop_assert!(named, "{:?}", found);
        }
    }

    #[test]
    fn a_record_that_is_not_the_last_is_never_taken_for_a_torn_one() {
        let (mut bytes, ends) = segment(&[b"{}".to_vec(), b"{}".to_vec()]);
        bytes[6] = 0x10;
        assert_eq!(scan(&bytes).damaged.first(), Some(&(0..ends[0])));
        assert_eq!(scan(&bytes).torn, None);
    }
}

//! The values behind the keys.

use super::keys::{Number, Tail};

/// Where an event stands in its stream, and what a flow needs to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Located {
    pub sequence: u64,
    pub kind: Number,
}

impl Located {
    pub fn to_bytes(self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..6].copy_from_slice(&self.sequence.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&self.kind.to_be_bytes());
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut tail = Tail(bytes);
        let kind = tail.number()?;
        Some(Self { sequence: tail.sequence()?, kind })
    }
}

/// One who named an event before it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub system: Number,
    /// When it was learned of, in milliseconds since 1970.
    pub at_ms: u64,
}

impl Waiting {
    pub fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&self.at_ms.to_be_bytes());
        bytes[8..].copy_from_slice(&self.system.to_be_bytes());
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (at_ms, system) = bytes.split_first_chunk::<8>()?;
        let system = Number::from_be_bytes(system.try_into().ok()?);
        Some(Self { system, at_ms: u64::from_be_bytes(*at_ms) })
    }
}

/// What is kept of an event by its type: hashes of its affair and of its entity, when it was learned of, in milliseconds
/// since 1970, and the sequence of its cause; 0: none that was known then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub affair: [u8; 8],
    pub entity: [u8; 8],
    pub at_ms: u64,
    pub cause: u64,
    /// The how manieth of its system and type it is, from 1: two of them tell how many lie between.
    pub ordinal: u64,
}

impl Told {
    pub fn to_bytes(self) -> Vec<u8> {
        let numbers = [self.at_ms, self.cause, self.ordinal].map(u64::to_be_bytes);
        // 2⁴⁸ milliseconds are 8,900 years.
        [&self.affair[..], &self.entity, &numbers[0][2..], &numbers[1][2..], &numbers[2][2..]].concat()
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (affair, rest) = bytes.split_first_chunk::<8>()?;
        let (entity, rest) = rest.split_first_chunk::<8>()?;
        let mut tail = Tail(rest);
        let (ordinal, cause, at_ms) = (tail.sequence()?, tail.sequence()?, tail.sequence()?);
        Some(Self { affair: *affair, entity: *entity, at_ms, cause, ordinal })
    }
}

/// A count, with the first and the last time. Times are the log's own, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Totals {
    pub events: u64,
    /// Of all events in `F`; of the day's in `f`.
    pub first_ms: u64,
    pub last_ms: u64,
}

impl Totals {
    pub fn and_one_at(self, at_ms: u64) -> Self {
        let first_ms = if self.events == 0 || self.first_ms == 0 { at_ms } else { self.first_ms.min(at_ms) };
        Self { events: self.events + 1, first_ms, last_ms: self.last_ms.max(at_ms) }
    }

    pub fn to_bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.events.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.first_ms.to_be_bytes());
        bytes[16..].copy_from_slice(&self.last_ms.to_be_bytes());
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 24] = bytes.try_into().ok()?;
        let part = |from: usize| bytes[from..from + 8].try_into().map(u64::from_be_bytes).ok();
        Some(Self { events: part(0)?, first_ms: part(8)?, last_ms: part(16)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_value_comes_back(a: u32, b: u32, c in 0u64..1 << 48, d: u64) {
            let located = Located { sequence: c, kind: b };
            prop_assert_eq!(Located::from_bytes(&located.to_bytes()), Some(located));
            let waiting = Waiting { system: a, at_ms: d };
            prop_assert_eq!(Waiting::from_bytes(&waiting.to_bytes()), Some(waiting));
            let totals = Totals { events: d, first_ms: c, last_ms: d };
            let told = Told { affair: [1; 8], entity: [2; 8], at_ms: c, cause: c / 2, ordinal: c / 3 };
            prop_assert_eq!(Told::from_bytes(&told.to_bytes()), Some(told));
            prop_assert_eq!(Totals::from_bytes(&totals.to_bytes()), Some(totals));
        }
    }
}

//! What is kept of a subscription's deliveries. Sequences and milliseconds are 6 bytes each: 2⁴⁸ of either last.

use samflyt_events::delivery::{Failed, Step};
use serde::{Deserialize, Serialize};

use super::keys::Tail;

fn pack(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    numbers.into_iter().flat_map(|number| number.to_be_bytes()[2..].to_vec()).collect()
}

fn unpack(bytes: &[u8]) -> Option<Vec<u64>> {
    bytes.chunks(6).map(|chunk| Tail(chunk).sequence()).collect()
}

/// A time of the log, 6 bytes.
pub(crate) fn pack_one(number: u64) -> Vec<u8> {
    pack([number])
}

pub(crate) fn unpack_one(bytes: &[u8]) -> Option<u64> {
    Tail(bytes).sequence()
}

/// How far a subscription came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stand {
    /// The first sequence that was not looked at.
    pub next: u64,
    /// The last sequence that may have been sent without being told of.
    pub window: u64,
    pub at_ms: u64,
    /// All up to this is settled or held back.
    pub position: u64,
    /// Sent, or about to be, and not settled; ascending.
    pub pending: Vec<u64>,
}

impl Stand {
    pub fn of(step: &Step, at_ms: u64) -> Self {
        let first = step.pending.first().copied().unwrap_or(step.next);
        let position = first.saturating_sub(1);
        Self { next: step.next, window: step.window, at_ms, position, pending: step.pending.clone() }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let head = [self.next, self.window, self.at_ms, self.position];
        pack(head.into_iter().chain(self.pending.iter().copied()))
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let numbers = unpack(bytes)?;
        let (&[next, window, at_ms, position], pending) = numbers.split_first_chunk::<4>()?;
        Some(Self { next, window, at_ms, position, pending: pending.to_vec() })
    }

    pub fn is_pending(&self, sequence: u64) -> bool {
        self.pending.binary_search(&sequence).is_ok()
    }
}

/// An entity that is held back: all of its events from `from` on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hold {
    pub from: u64,
    /// Where it began.
    pub begin: u64,
    pub since_ms: u64,
    /// The telling that it began with.
    pub since: u64,
    /// The event that failed; none: what is behind it is on its way.
    pub failed: Option<Failed>,
}

/// Events of an entity that were held back and are settled: from `begin` to the sequence in the key, but for `later`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passed {
    pub begin: u64,
    pub since_ms: u64,
    /// By when they were settled.
    pub until_ms: u64,
    /// The tellings of both.
    pub since: u64,
    pub until: u64,
    /// Were on their way when the entity was free again: they came after.
    pub later: Vec<u64>,
}

impl Passed {
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = [self.begin, self.since_ms, self.until_ms, self.since, self.until];
        pack(head.into_iter().chain(self.later.iter().copied()))
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let numbers = unpack(bytes)?;
        let (&[begin, since_ms, until_ms, since, until], later) = numbers.split_first_chunk::<5>()?;
        Some(Self { begin, since_ms, until_ms, since, until, later: later.to_vec() })
    }

    pub fn has(&self, sequence: u64) -> bool {
        self.begin <= sequence && self.later.binary_search(&sequence).is_err()
    }
}

/// What happened to one event besides being delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exception {
    /// How often it was told that it failed: it was sent before each time.
    #[serde(default)]
    pub failures: u32,
    /// No agreement covered it any more; in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discarded: Option<GivenUp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GivenUp {
    pub at_ms: u64,
    pub reason: String,
    pub by: String,
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const MOST: u64 = 1 << 48;

    proptest! {
        #[test]
        fn what_is_kept_of_deliveries_comes_back(numbers in vec(0..MOST, 5), rest in vec(0..MOST, 0..9)) {
            let [next, window, at_ms, position, until] = numbers[..] else { unreachable!() };
            let stand = Stand { next, window, at_ms, position, pending: rest.clone() };
            prop_assert_eq!(Stand::from_bytes(&stand.to_bytes()), Some(stand));
            let passed = Passed { begin: next, since_ms: window, until_ms: at_ms, since: position, until, later: rest };
            prop_assert_eq!(Passed::from_bytes(&passed.to_bytes()), Some(passed));
            prop_assert_eq!(unpack_one(&pack_one(next)), Some(next));
        }
    }
}

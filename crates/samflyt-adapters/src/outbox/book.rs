//! What waits, in memory: which records are not settled, where they are, and which of them may be sent now. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::publish::Lanes;

/// A record that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The number of the first record of its segment.
    pub segment: u64,
    pub offset: u64,
    pub bytes: u32,
    pub at_ms: i64,
    /// By tenant and entity; the order within one is kept.
    pub lane: u64,
}

/// A segment file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Segment {
    pub bytes: u64,
    /// Records that wait in it.
    pub waiting: u64,
}

/// How far all is settled, as it is kept on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Position {
    /// Every record below is settled.
    pub below: u64,
    /// Settled ones above that, from and to.
    pub above: Vec<(u64, u64)>,
}

#[derive(Debug, Default)]
pub(super) struct Book {
    pub waiting: BTreeMap<u64, Waiting>,
    pub segments: BTreeMap<u64, Segment>,
    pub lanes: Lanes,
    pub next: u64,
    /// The segment that is written to.
    pub active: Option<u64>,
    /// All below are settled.
    below: u64,
    /// Settled ones above that, from and to: behind one that is held there may be millions.
    settled: BTreeMap<u64, u64>,
    /// Something was settled since the position was last taken.
    pub unsaved: bool,
}

impl Book {
    /// What was settled before a restart: by the position, and by the refusals that were written down since. No number is given
    /// again, whether or not its record is still there.
    pub(super) fn resume(position: Position, refused: &[u64]) -> Self {
        let mut book = Self { below: position.below, next: position.below.max(1), ..Self::default() };
        for (from, to) in position.above {
            book.settled.insert(from, to);
            book.next = book.next.max(to.saturating_add(1));
        }
        for number in refused {
            book.note_settled(*number);
        }
        book
    }

    pub(super) fn is_settled(&self, number: u64) -> bool {
        let before = self.settled.range(..=number).next_back();
        number < self.below || before.is_some_and(|(_, to)| number <= *to)
    }

    fn note_settled(&mut self, number: u64) {
        self.next = self.next.max(number.saturating_add(1));
        if self.is_settled(number) {
            return;
        }
        let before = self.settled.range(..number).next_back().filter(|(_, to)| **to + 1 == number);
        let from = before.map_or(number, |(from, _)| *from);
        let to = self.settled.remove(&(number + 1)).unwrap_or(number);
        self.settled.insert(from, to);
    }

    pub(super) fn wait(&mut self, number: u64, record: Waiting) {
        self.waiting.insert(number, record);
        self.segments.entry(record.segment).or_default().waiting += 1;
        self.lanes.feed(number, record.lane);
        self.next = self.next.max(number + 1);
    }

    pub(super) fn settle(&mut self, number: u64) {
        let Some(record) = self.waiting.remove(&number) else { return };
        if let Some(segment) = self.segments.get_mut(&record.segment) {
            segment.waiting = segment.waiting.saturating_sub(1);
        }
        self.lanes.settle(number, record.lane);
        self.note_settled(number);
        self.unsaved = true;
    }

    /// The position as it is now.
    pub(super) fn position(&mut self) -> Position {
        self.below = self.waiting.first_key_value().map_or(self.next, |(first, _)| *first);
        self.settled = self.settled.split_off(&self.below);
        self.unsaved = false;
        Position { below: self.below, above: self.settled.iter().map(|(from, to)| (*from, *to)).collect() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.segments.values().map(|segment| segment.bytes).sum()
    }

    /// Segments in which nothing waits, but the one that is written to.
    pub(super) fn spent(&self, active: Option<u64>) -> Vec<u64> {
        let spent = self.segments.iter().filter(|(first, of)| of.waiting == 0 && Some(**first) != active);
        spent.map(|(first, _)| *first).collect()
    }

    /// When the oldest that waits was put, in ms since 1970.
    pub(super) fn oldest_ms(&self) -> Option<i64> {
        self.waiting.first_key_value().map(|(_, record)| record.at_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_names_exactly_what_is_settled() {
        let mut book = Book::default();
        for number in 1..=9 {
            book.wait(number, Waiting { segment: 1, offset: 0, bytes: 1, at_ms: 5, lane: number % 2 });
        }
        [1, 2, 4, 5, 7].into_iter().for_each(|number| book.settle(number));
        let position = book.position();
        assert_eq!(position, Position { below: 3, above: vec![(4, 5), (7, 7)] });
        let again = Book::resume(position, &[]);
        let waiting: Vec<u64> = (1..=9).filter(|number| !again.is_settled(*number)).collect();
        assert_eq!(waiting, book.waiting.keys().copied().collect::<Vec<_>>());
        assert!(book.spent(None).is_empty());
        [3, 6, 8, 9].into_iter().for_each(|number| book.settle(number));
        assert_eq!(book.position(), Position { below: 10, above: vec![] });
        assert_eq!((book.spent(Some(1)), book.spent(None)), (vec![], vec![1]));
    }

    #[test]
    fn what_was_settled_before_a_restart_is_settled_and_no_number_is_given_again() {
        let book = Book::resume(Position { below: 3, above: vec![(5, 9)] }, &[2, 4, 6, 12]);
        let settled: Vec<u64> = (1..=13).filter(|number| book.is_settled(*number)).collect();
        assert_eq!(settled, [1, 2, 4, 5, 6, 7, 8, 9, 12]);
        assert_eq!((book.next, book.settled.len()), (13, 2), "neighbours are one");
        assert_eq!(Book::resume(Position::default(), &[]).next, 1);
    }
}

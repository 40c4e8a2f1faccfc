//! Which lines a page has: the nearest behind the token, chosen from numbers alone. Counts are of all lines.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use samflyt_events::{Reason, Refusal};
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::ImpactKind;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub(super) const KINDS: [ImpactKind; 12] = [
    ImpactKind::Flow,
    ImpactKind::System,
    ImpactKind::Tenant,
    ImpactKind::Process,
    ImpactKind::Service,
    ImpactKind::Dataset,
    ImpactKind::Agreement,
    ImpactKind::Affair,
    ImpactKind::ArchiveDuty,
    ImpactKind::PersonalData,
    ImpactKind::ZoneCrossing,
    ImpactKind::Contact,
];

/// Kinds that are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted(u32);

impl Wanted {
    pub fn none() -> Self {
        Self(0)
    }

    pub fn add(&mut self, kind: ImpactKind) {
        self.0 |= 1 << kind as u32;
    }

    pub fn remove(&mut self, kind: ImpactKind) {
        self.0 &= !(1 << kind as u32);
    }

    pub fn has(self, kind: ImpactKind) -> bool {
        self.0 & (1 << kind as u32) != 0
    }
}

/// The order of lines. Ranks stand for names, so it is the same after a rebuild, when the same have other numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub distance: u32,
    pub kind: i32,
    /// See [`rank`].
    pub place: u32,
    pub names: [u32; 3],
    pub sequence: u64,
}

/// A rank as it stands in a key. One that is not there any more falls between its neighbours.
pub(super) fn rank<T: Ord + ?Sized>(sorted: &[impl AsRef<T>], name: &T) -> u32 {
    match sorted.binary_search_by(|other| other.as_ref().cmp(name)) {
        Ok(at) => at as u32 * 2 + 1,
        Err(at) => at as u32 * 2,
    }
}

/// The index that a rank was made of.
pub(super) fn index(rank: u32) -> usize {
    (rank / 2) as usize
}

/// A line, and where what it is about is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub key: Key,
    pub at: u32,
}

impl Ord for Line {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl PartialOrd for Line {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Counts all lines that it is offered, and keeps the first behind a key.
pub(super) struct Page {
    wanted: Wanted,
    counts: [u64; 13],
    after: Option<Key>,
    size: usize,
    /// One more than the page has, so that there being more is noticed.
    kept: BinaryHeap<Line>,
}

impl Page {
    pub fn new(wanted: Wanted, after: Option<Key>, size: usize) -> Self {
        Self { wanted, counts: [0; 13], after, size, kept: BinaryHeap::with_capacity(size + 2) }
    }

    pub fn wants(&self, kind: ImpactKind) -> bool {
        self.wanted.has(kind)
    }

    pub fn offer(&mut self, kind: ImpactKind, line: Line) {
        self.offer_at(kind, line.key.distance, || line);
    }

    /// As [`Page::offer`], for lines that are dear to make: most are counted only.
    pub fn offer_at(&mut self, kind: ImpactKind, distance: u32, line: impl FnOnce() -> Line) {
        if !self.wants(kind) {
            return;
        }
        self.counts[kind as usize] += 1;
        let is_full = self.kept.len() > self.size;
        if is_full && self.kept.peek().is_some_and(|last| last.key.distance < distance) {
            return;
        }
        let line = line();
        if self.after.is_some_and(|after| line.key <= after) {
            return;
        }
        if self.kept.len() > self.size {
            if self.kept.peek().is_some_and(|last| *last <= line) {
                return;
            }
            self.kept.pop();
        }
        self.kept.push(line);
    }

    /// The counts, the lines in order, and whether there are more behind them.
    pub fn end(self) -> (Vec<pb::ImpactCount>, Vec<Line>, bool) {
        let counts = KINDS.into_iter().filter(|kind| self.wanted.has(*kind));
        let counts =
            counts.map(|kind| pb::ImpactCount { kind: kind.into(), lines: self.counts[kind as usize] });
        let mut lines = self.kept.into_sorted_vec();
        let more = lines.len() > self.size;
        lines.truncate(self.size);
        (counts.collect(), lines, more)
    }
}

/// Where the page before ended, by names, and the moment of the first page.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Token {
    pub seen_ms: u64,
    pub distance: u32,
    pub kind: i32,
    pub tenant: String,
    pub names: [String; 3],
    pub sequence: u64,
}

impl Token {
    pub fn parse(text: &str) -> Result<Option<Self>, Refusal> {
        if text.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(text).map(Some).map_err(|_| invalid())
    }

    pub fn text(&self) -> String {
        // A struct of numbers and strings always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn moment(&self) -> Result<OffsetDateTime, Refusal> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.seen_ms) * 1_000_000).map_err(|_| invalid())
    }
}

fn invalid() -> Refusal {
    let advice = "give the token of the page before, with the same question";
    Refusal::of_field(Reason::RequestInvalid, "/page_token", "is no page token of this answer", advice)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(at: u32) -> Line {
        let key = Key { distance: at / 7, kind: 1, place: 1, names: [at, 0, 0], sequence: 0 };
        Line { key, at }
    }

    proptest! {
        #[test]
        fn pages_together_are_all_lines_in_order_and_each_counts_all(
            lines in proptest::collection::btree_set(0u32..500, 0..80),
            seed: u64,
            size in 1usize..12,
        ) {
            let mut mixed: Vec<u32> = lines.iter().copied().collect();
            mixed.sort_by_key(|at| u64::from(*at).wrapping_mul(seed | 1));
            let mut wanted = Wanted::none();
            wanted.add(ImpactKind::Flow);
            let (mut after, mut all) = (None, Vec::new());
            loop {
                let mut page = Page::new(wanted, after, size);
                for at in &mixed {
                    page.offer(ImpactKind::Flow, line(*at));
                    page.offer(ImpactKind::System, line(*at));
                }
                let (counts, found, more) = page.end();
                prop_assert_eq!(counts.len(), 1);
                prop_assert_eq!(counts[0].lines, lines.len() as u64);
                after = found.last().map(|line| line.key);
                all.extend(found.into_iter().map(|line| line.at));
                if !more {
                    break;
                }
            }
            prop_assert_eq!(all, lines.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_name_that_is_gone_falls_between_its_neighbours() {
        let sorted = ["a", "c"];
        assert!(rank(&sorted, "a") < rank(&sorted, "b") && rank(&sorted, "b") < rank(&sorted, "c"));
        assert_eq!(index(rank(&sorted, "c")), 1);
    }
}

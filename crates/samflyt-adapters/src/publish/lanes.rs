//! Which event is sent next: of each lane the oldest, and one at a time. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// Numbered events in lanes. Within a lane their order is kept: the next is sent only when the one before is settled.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    queues: HashMap<u64, VecDeque<u64>>,
    /// First ones of their lanes that may be sent.
    ready: BTreeSet<u64>,
    /// First ones that the hub did not want yet.
    held: BTreeMap<u64, u64>,
}

impl Lanes {
    /// Numbers grow within a lane.
    pub(crate) fn feed(&mut self, number: u64, lane: u64) {
        let queue = self.queues.entry(lane).or_default();
        if queue.is_empty() {
            self.ready.insert(number);
        }
        queue.push_back(number);
    }

    /// The oldest that may be sent. It is settled, held or given back later.
    pub(crate) fn take(&mut self) -> Option<u64> {
        self.ready.pop_first()
    }

    pub(crate) fn give_back(&mut self, number: u64) {
        self.ready.insert(number);
    }

    pub(crate) fn settle(&mut self, number: u64, lane: u64) {
        self.ready.remove(&number);
        self.held.remove(&number);
        let Some(queue) = self.queues.get_mut(&lane) else { return };
        if queue.front() == Some(&number) {
            queue.pop_front();
        }
        match queue.front() {
            Some(next) => drop(self.ready.insert(*next)),
            None => drop(self.queues.remove(&lane)),
        }
    }

    /// It waits, and its lane behind it, until [`Lanes::release`].
    pub(crate) fn hold(&mut self, number: u64, lane: u64) {
        self.held.insert(number, lane);
    }

    pub(crate) fn release(&mut self) {
        self.ready.extend(std::mem::take(&mut self.held).into_keys());
    }

    /// How many lanes wait for what the hub did not want.
    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lanes: &mut Lanes) -> Vec<u64> {
        std::iter::from_fn(|| lanes.take()).collect()
    }

    #[test]
    fn of_each_lane_one_is_sent_at_a_time_and_the_next_when_it_is_settled() {
        let mut lanes = Lanes::default();
        [(1, 7), (2, 7), (3, 8), (4, 7)].into_iter().for_each(|(number, lane)| lanes.feed(number, lane));
        assert_eq!(all(&mut lanes), [1, 3]);
        lanes.give_back(1);
        assert_eq!(all(&mut lanes), [1]);
        lanes.settle(1, 7);
        lanes.settle(3, 8);
        assert_eq!(all(&mut lanes), [2]);
        lanes.settle(2, 7);
        lanes.feed(5, 8);
        assert_eq!(all(&mut lanes), [4, 5]);
    }

    #[test]
    fn what_is_held_holds_back_its_own_lane_alone() {
        let mut lanes = Lanes::default();
        [(1, 7), (2, 7), (3, 8)].into_iter().for_each(|(number, lane)| lanes.feed(number, lane));
        assert_eq!(lanes.take(), Some(1));
        lanes.hold(1, 7);
        assert_eq!((all(&mut lanes), lanes.held()), (vec![3], 1));
        lanes.release();
        assert_eq!((all(&mut lanes), lanes.held()), (vec![1], 0));
        lanes.settle(1, 7);
        assert_eq!(all(&mut lanes), [2]);
    }
}

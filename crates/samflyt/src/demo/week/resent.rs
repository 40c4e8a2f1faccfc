//! What is sent twice: single events whose acknowledgement was lost, and batches after a restart.

use std::collections::BTreeMap;

use time::Duration;

use super::{Expect, Planned, calendar, chance::Chance, scribe::Sent};

/// Of a tenant's resent events, those that come in batches; the rest come one by one.
const BATCHED_OF: usize = 2;
const BATCH: usize = 10;

/// Adds exact copies, so many of all.
pub fn add(sent: &mut BTreeMap<String, Vec<Sent>>, copies: usize, chance: &mut Chance) {
    for (list, share) in shares(sent, copies) {
        let accepted: Vec<usize> =
            (0..list.len()).filter(|nth| list[*nth].planned.expect == Expect::Accepted).collect();
        let mut left = share;
        while left > 0 {
            let batch = if left >= share / BATCHED_OF + BATCH { BATCH } else { 1 };
            let from = chance.below(accepted.len() - batch);
            // The whole batch is sent again after its last event.
            let last = list[accepted[from + batch - 1]].at;
            let at = last + Duration::seconds(chance.within(1..=100_000));
            for nth in &accepted[from..from + batch] {
                let event = list[*nth].planned.event.clone();
                let at = at.min(calendar::END);
                list.push(Sent { at, planned: Planned { event, expect: Expect::Duplicate } });
            }
            left -= batch;
        }
    }
}

/// Divides a number among the tenants by how many events each has.
pub fn shares(sent: &mut BTreeMap<String, Vec<Sent>>, all: usize) -> Vec<(&mut Vec<Sent>, usize)> {
    let total: usize = sent.values().map(Vec::len).sum();
    let (mut seen, mut given) = (0, 0);
    let mut divided = Vec::new();
    for list in sent.values_mut() {
        seen += list.len();
        let share = all * seen / total - given;
        given += share;
        divided.push((list, share));
    }
    divided
}

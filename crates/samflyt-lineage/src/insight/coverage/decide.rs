//! Which affairs reached the archive. Pure.
//!
//! An affair is closed by the last of its events whose contract has archive duty; one without such an event that asked for a
//! deposit, by its last request. Affair and entity both join: a request is of an affair by either, and a rejection is mended
//! by a later acceptance in either. Where an affair asked several times, what is worst of its requests counts.

use std::collections::{BTreeMap, HashMap};

use crate::projections::keys::Number;
use crate::projections::values::Told;

type Hash = [u8; 8];

/// An event as the question sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub kind: Number,
    pub system: Number,
    pub sequence: u64,
    pub told: Told,
}

/// All events that matter, of one tenant.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// Of types with archive duty.
    pub duties: Vec<Seen>,
    /// Requests for deposits.
    pub requests: Vec<Seen>,
    /// The hub's archive's answers.
    pub accepted: Vec<Seen>,
    pub rejected: Vec<Seen>,
}

/// Some affairs in one plight, and the one that has been in it longest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Plight {
    pub affairs: u64,
    /// Sequence and time of the event that began the plight.
    pub oldest: Option<(u64, u64)>,
}

/// What became of the affairs that one system closed by events of one type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Covered {
    pub closed: u64,
    pub accepted: u64,
    pub missing: Plight,
    pub unanswered: Plight,
    pub rejected: Plight,
}

impl Plight {
    fn add(&mut self, seen: &Seen) {
        self.affairs += 1;
        let this = (seen.sequence, seen.told.at_ms);
        self.oldest = Some(self.oldest.map_or(this, |oldest| oldest.min(this)));
    }
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Accepted,
    Mended,
    Unanswered,
    Rejected,
}

/// By system and type. Affairs that were closed after `before_ms` are left out: they may still be on their way.
pub(super) fn decide(events: &Events, before_ms: u64) -> BTreeMap<(Number, Number), Covered> {
    let fates = fates(events);
    let mut asked: HashMap<Hash, Vec<(Fate, &Seen)>> = HashMap::new();
    for (fate, request) in &fates {
        for name in [request.told.affair, request.told.entity] {
            asked.entry(name).or_default().push((*fate, request));
        }
    }
    let mut closing: HashMap<Hash, &Seen> = HashMap::new();
    for seen in &events.duties {
        last(&mut closing, seen);
    }
    let entities: std::collections::HashSet<Hash> =
        events.duties.iter().map(|seen| seen.told.entity).collect();
    let alone = |request: &&Seen| {
        !closing.contains_key(&request.told.affair) && !entities.contains(&request.told.entity)
    };
    let mut own: HashMap<Hash, &Seen> = HashMap::new();
    events.requests.iter().filter(alone).for_each(|request| last(&mut own, request));
    let mut covered: BTreeMap<(Number, Number), Covered> = BTreeMap::new();
    for seen in closing.values().chain(own.values()).filter(|seen| seen.told.at_ms <= before_ms) {
        let row = covered.entry((seen.system, seen.kind)).or_default();
        row.closed += 1;
        let names = [seen.told.affair, seen.told.entity];
        let of_it = names.iter().filter_map(|name| asked.get(name)).flatten();
        match of_it.max_by_key(|(fate, request)| (*fate, std::cmp::Reverse(request.sequence))) {
            None => row.missing.add(seen),
            Some((Fate::Accepted | Fate::Mended, _)) => row.accepted += 1,
            Some((Fate::Unanswered, request)) => row.unanswered.add(request),
            Some((Fate::Rejected, request)) => row.rejected.add(request),
        }
    }
    covered
}

fn last<'s>(closing: &mut HashMap<Hash, &'s Seen>, seen: &'s Seen) {
    let known = closing.entry(seen.told.affair).or_insert(seen);
    if known.sequence < seen.sequence {
        *known = seen;
    }
}

fn fates(events: &Events) -> Vec<(Fate, &Seen)> {
    let by_cause = |answers: &[Seen]| -> HashMap<u64, u64> {
        answers.iter().map(|answer| (answer.told.cause, answer.sequence)).collect()
    };
    let (accepted, rejected) = (by_cause(&events.accepted), by_cause(&events.rejected));
    let mut newest: HashMap<Hash, u64> = HashMap::new();
    for answer in &events.accepted {
        for name in [answer.told.affair, answer.told.entity] {
            let known = newest.entry(name).or_default();
            *known = (*known).max(answer.sequence);
        }
    }
    let fate = |request: &Seen| {
        if accepted.contains_key(&request.sequence) {
            return Fate::Accepted;
        }
        let Some(rejection) = rejected.get(&request.sequence) else { return Fate::Unanswered };
        let names = [request.told.affair, request.told.entity];
        let mended = names.iter().any(|name| newest.get(name).is_some_and(|later| later > rejection));
        if mended { Fate::Mended } else { Fate::Rejected }
    };
    events.requests.iter().map(|request| (fate(request), request)).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

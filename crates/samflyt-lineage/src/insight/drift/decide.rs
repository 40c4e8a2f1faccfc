//! What is declared held against what was seen. Pure.
//!
//! An agreement covers a flow on the days of its period. A flow is a shadow while no agreement for it has begun; once
//! one has ended, it may have gone on and outlived it. Personal fields need an agreement in force that states why.

use std::collections::HashMap;

use samflyt_proto::lineage::DriftKind;
use time::Date;

use crate::projections::keys::Number;
use crate::projections::values::Totals;

/// Provider, event type, consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::insight) struct Flow {
    pub provider: Number,
    pub kind: Number,
    pub consumer: Number,
}

/// A flow that an approved agreement allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Declared {
    pub flow: Flow,
    /// Its place in the list of agreements.
    pub agreement: usize,
    pub from: Date,
    pub until: Option<Date>,
    /// Whether it states why personal data may flow.
    pub lawful: bool,
}

/// A flow that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Observed {
    pub flow: Flow,
    pub totals: Totals,
    pub personal: bool,
}

/// When it is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub on: Date,
    pub at_ms: u64,
    /// After so long without an event, a declared flow is dead.
    pub silent_ms: u64,
}

/// A flow that is not as it was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub kind: DriftKind,
    pub flow: Flow,
    /// Of the agreement that covers, or covered, it.
    pub agreement: Option<usize>,
    pub ended_on: Option<Date>,
    /// Of what was never seen: none.
    pub totals: Totals,
}

/// What the agreements say of one flow on a day.
#[derive(Debug, Clone, Copy, Default)]
struct Cover {
    /// The first that is in force.
    in_force: Option<usize>,
    lawful: bool,
    /// The last to end of those that have ended.
    ended: Option<(Date, usize)>,
}

impl Cover {
    fn add(&mut self, declared: &Declared, on: Date) {
        match declared.until {
            _ if on < declared.from => {}
            Some(until) if until < on => {
                if self.ended.is_none_or(|(last, _)| last < until) {
                    self.ended = Some((until, declared.agreement));
                }
            }
            _ => {
                self.in_force.get_or_insert(declared.agreement);
                self.lawful |= declared.lawful;
            }
        }
    }
}

/// Every drift of a tenant, in no order.
pub(super) fn decide(declared: &[Declared], observed: &[Observed], when: When) -> Vec<Found> {
    let mut covers: HashMap<Flow, Cover> = HashMap::with_capacity(declared.len());
    for one in declared.iter().filter(|one| one.flow.provider != one.flow.consumer) {
        covers.entry(one.flow).or_default().add(one, when.on);
    }
    let mut found = Vec::new();
    for seen in observed.iter().filter(|seen| seen.flow.provider != seen.flow.consumer) {
        let cover = covers.remove(&seen.flow).unwrap_or_default();
        compare(seen, cover, when, &mut found);
    }
    // What is left was never seen.
    found.extend(covers.into_iter().filter_map(|(flow, cover)| {
        cover.in_force?;
        let totals = Totals::default();
        Some(Found { kind: DriftKind::NeverSeen, flow, agreement: cover.in_force, ended_on: None, totals })
    }));
    found
}

fn compare(seen: &Observed, cover: Cover, when: When, found: &mut Vec<Found>) {
    let Observed { flow, totals, personal } = *seen;
    let ended = cover.ended.filter(|_| cover.in_force.is_none());
    let (ended_on, agreement) = (ended.map(|(until, _)| until), ended.map(|(_, agreement)| agreement));
    let agreement = cover.in_force.or(agreement);
    let row = |kind| Found { kind, flow, agreement, ended_on, totals };
    let uncovered = match (cover.in_force, ended_on) {
        (Some(_), _) => {
            if when.at_ms.saturating_sub(totals.last_ms) > when.silent_ms {
                found.push(row(DriftKind::Dead));
            }
            false
        }
        (None, None) => {
            found.push(row(DriftKind::Shadow));
            true
        }
        (None, Some(until)) if date(totals.last_ms) > until => {
            found.push(row(DriftKind::Outlived));
            true
        }
        // It ended with its agreement, as it should.
        (None, Some(_)) => return,
    };
    if personal && (uncovered || !cover.lawful) {
        found.push(row(DriftKind::NoLegalBasis));
    }
}

/// The day of a time of the log, in milliseconds since 1970.
fn date(at_ms: u64) -> Date {
    let seconds = i64::try_from(at_ms / 1_000).unwrap_or(i64::MAX);
    time::OffsetDateTime::from_unix_timestamp(seconds).map_or(Date::MAX, time::OffsetDateTime::date)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

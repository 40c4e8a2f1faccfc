//! Which concepts people are asked for by more than one system, and which of these systems could have taken them from
//! another. Pure.
//!
//! A system could have taken a concept from any other that had published it before it asked for the last time: but for
//! one that is retired, and one that has it only from the asking system itself. Told are those that an agreement allows;
//! where none does, the one to make an agreement with: who has it at first hand comes before who was given it, who need
//! not ask before who asked, then who had it first. To tell of all others too would grow with their square.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use samflyt_events::contract::{Contract, Origin};

use crate::insight::drift::Flow;
use crate::projections::keys::Number;
use crate::projections::values::Totals;

/// What the fields of an event type mean.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meaning(pub BTreeMap<String, Vec<(String, Origin)>>);

impl Meaning {
    pub fn of(contract: &Contract) -> Self {
        let mut concepts: BTreeMap<String, Vec<(String, Origin)>> = BTreeMap::new();
        for (pointer, field) in &contract.fields {
            if let Some(concept) = &field.concept {
                concepts.entry(concept.clone()).or_default().push((pointer.clone(), field.origin));
            }
        }
        Self(concepts)
    }
}

/// What a system publishes.
#[derive(Debug, Clone)]
pub(super) struct Published {
    pub system: Number,
    pub kind: Number,
    pub meaning: Arc<Meaning>,
    /// When it was first published, ever.
    pub first_ms: u64,
    /// In the window.
    pub window: Option<Totals>,
    /// The system is in use no more.
    pub retired: bool,
}

/// A concept that several systems ask for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Twice {
    pub concept: String,
    pub collectors: Vec<Collector>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Collector {
    pub system: Number,
    pub kind: Number,
    pub fields: Vec<String>,
    pub totals: Totals,
    pub sources: Vec<Source>,
}

/// A system that has it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    pub system: Number,
    pub kind: Number,
    /// The agreement that allows it, by its place.
    pub agreement: Option<usize>,
}

/// What agreements in force allow a consumer to use: provider, type, agreement.
pub(super) type Allowed = HashMap<Number, Vec<(Number, Number, usize)>>;

/// By concept. `published` is in the order in which types are preferred where nothing else decides.
pub(super) fn decide(published: &[Published], used: &[Flow], allowed: &Allowed) -> Vec<Twice> {
    let mut by_concept: BTreeMap<&str, Vec<&Published>> = BTreeMap::new();
    for one in published {
        for concept in one.meaning.0.keys() {
            by_concept.entry(concept).or_default().push(one);
        }
    }
    by_concept.into_iter().filter_map(|(concept, holders)| twice(concept, &holders, used, allowed)).collect()
}

fn twice(concept: &str, holders: &[&Published], used: &[Flow], allowed: &Allowed) -> Option<Twice> {
    let collectors: Vec<(&Published, Totals, Vec<String>)> =
        holders.iter().filter_map(|one| Some((*one, one.window?, collected(one, concept)?))).collect();
    let systems: BTreeSet<Number> = collectors.iter().map(|(one, ..)| one.system).collect();
    if systems.len() < 2 {
        return None;
    }
    let sources = Sources::of(concept, holders, used);
    let collectors = collectors.into_iter().map(|(one, totals, fields)| Collector {
        system: one.system,
        kind: one.kind,
        fields,
        totals,
        sources: sources.for_collector(one.system, totals.last_ms, allowed),
    });
    Some(Twice { concept: concept.to_owned(), collectors: collectors.collect() })
}

/// The fields of the concept that the person was asked for.
fn collected(one: &Published, concept: &str) -> Option<Vec<String>> {
    let fields = one.meaning.0.get(concept)?.iter();
    let asked: Vec<String> =
        fields.filter(|(_, origin)| *origin == Origin::Collected).map(|(field, _)| field.clone()).collect();
    (!asked.is_empty()).then_some(asked)
}

/// A system that has a concept in a type.
struct Held {
    hand: u8,
    first_ms: u64,
    system: Number,
    kind: Number,
}

/// Who has a concept.
struct Sources {
    /// The best first.
    held: Vec<Held>,
    /// When a system first published it in a type.
    since: HashMap<(Number, Number), u64>,
    /// Systems that have it from elsewhere only.
    reusing: HashSet<Number>,
    /// Provider and consumer of events that carry it.
    taken: HashSet<(Number, Number)>,
}

impl Sources {
    fn of(concept: &str, holders: &[&Published], used: &[Flow]) -> Self {
        let carrying: HashSet<_> = holders.iter().map(|one| (one.system, one.kind)).collect();
        let taken = used.iter().filter(|flow| carrying.contains(&(flow.provider, flow.kind)));
        let taken = taken.map(|flow| (flow.provider, flow.consumer)).collect();
        let held = holders.iter().map(|one| {
            let fields = one.meaning.0.get(concept).into_iter().flatten();
            let hand = fields.map(|(_, origin)| hand(*origin)).min().unwrap_or(u8::MAX);
            (one.retired, Held { hand, first_ms: one.first_ms, system: one.system, kind: one.kind })
        });
        let all: Vec<(bool, Held)> = held.collect();
        let at_first_hand = |held: &Held| held.hand < hand(Origin::Reused);
        let mut reusing: HashSet<Number> = all.iter().map(|(_, held)| held.system).collect();
        for (_, held) in all.iter().filter(|(_, held)| at_first_hand(held)) {
            reusing.remove(&held.system);
        }
        let mut held: Vec<Held> =
            all.into_iter().filter(|(retired, _)| !retired).map(|(_, held)| held).collect();
        held.sort_by_key(|held| (held.hand, held.first_ms));
        let since = held.iter().map(|held| ((held.system, held.kind), held.first_ms)).collect();
        Self { held, since, reusing, taken }
    }

    fn for_collector(&self, system: Number, last_ms: u64, allowed: &Allowed) -> Vec<Source> {
        let could = |other: Number, first_ms: u64| {
            let from_itself = self.reusing.contains(&other) && self.taken.contains(&(system, other));
            other != system && !from_itself && first_ms < last_ms
        };
        let mut agreed: BTreeMap<Number, Source> = BTreeMap::new();
        for &(provider, kind, agreement) in allowed.get(&system).into_iter().flatten() {
            if self.since.get(&(provider, kind)).is_some_and(|since| could(provider, *since)) {
                let source = Source { system: provider, kind, agreement: Some(agreement) };
                agreed.entry(provider).or_insert(source);
            }
        }
        if agreed.is_empty() {
            let best = self.held.iter().find(|held| could(held.system, held.first_ms));
            best.map(|held| Source { system: held.system, kind: held.kind, agreement: None })
                .into_iter()
                .collect()
        } else {
            let mut agreed: Vec<Source> = agreed.into_values().collect();
            agreed.sort_by_key(|source| source.agreement);
            agreed
        }
    }
}

/// Made by the system itself; asked of the person; taken from another system.
fn hand(origin: Origin) -> u8 {
    match origin {
        Origin::Derived => 0,
        Origin::Collected => 1,
        Origin::Reused => 2,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

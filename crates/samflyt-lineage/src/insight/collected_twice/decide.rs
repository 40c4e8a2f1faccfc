//! Which concepts people are asked for by more than one system, and which of these systems could have taken them from
//! another. Pure.
//!
//! A system could have taken a concept from any other that had published it before it asked for the last time: but for
//! one that is retired, and one that has it only from the asking system itself.

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

/// One for each system that has it already.
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

/// Who has a concept.
struct Sources {
    /// For each system its first type with the concept, and when that was.
    first: BTreeMap<Number, (u64, Number)>,
    /// When a system first published the concept in a type.
    since: HashMap<(Number, Number), u64>,
    /// Systems that have it only from elsewhere.
    reusing: HashSet<Number>,
    /// Provider and consumer of events that carry it.
    taken: HashSet<(Number, Number)>,
    order: Vec<Number>,
}

impl Sources {
    fn of(concept: &str, holders: &[&Published], used: &[Flow]) -> Self {
        let mut sources = Self {
            first: BTreeMap::new(),
            since: HashMap::new(),
            reusing: HashSet::new(),
            taken: HashSet::new(),
            order: Vec::new(),
        };
        let (mut made, mut carrying) = (HashSet::new(), HashSet::new());
        for one in holders {
            carrying.insert((one.system, one.kind));
            let fields = one.meaning.0.get(concept).into_iter().flatten();
            if fields.into_iter().any(|(_, origin)| *origin != Origin::Reused) {
                made.insert(one.system);
            }
            if one.retired {
                continue;
            }
            sources.since.insert((one.system, one.kind), one.first_ms);
            let first = sources.first.entry(one.system).or_insert_with(|| {
                sources.order.push(one.system);
                (one.first_ms, one.kind)
            });
            if one.first_ms < first.0 {
                *first = (one.first_ms, one.kind);
            }
        }
        sources.reusing = sources.order.iter().filter(|system| !made.contains(system)).copied().collect();
        let carried = used.iter().filter(|flow| carrying.contains(&(flow.provider, flow.kind)));
        sources.taken = carried.map(|flow| (flow.provider, flow.consumer)).collect();
        sources
    }

    fn for_collector(&self, system: Number, last_ms: u64, allowed: &Allowed) -> Vec<Source> {
        let allowed = allowed.get(&system).map(Vec::as_slice).unwrap_or_default();
        let mut found = Vec::new();
        for other in self.order.iter().copied().filter(|other| *other != system) {
            if self.reusing.contains(&other) && self.taken.contains(&(system, other)) {
                continue;
            }
            let had = |since: u64| since < last_ms;
            let agreed = allowed.iter().find(|(provider, kind, _)| {
                *provider == other && self.since.get(&(other, *kind)).is_some_and(|since| had(*since))
            });
            let first = self.first.get(&other).filter(|(since, _)| had(*since));
            match (agreed, first) {
                (Some((_, kind, agreement)), _) => {
                    found.push(Source { system: other, kind: *kind, agreement: Some(*agreement) });
                }
                (None, Some((_, kind))) => found.push(Source { system: other, kind: *kind, agreement: None }),
                (None, None) => {}
            }
        }
        found
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

//! What a change touches: the walk, with the names of what was met in order, and what the catalogue says of the systems.
//!
//! Everything is counted by numbers. Names are looked up once for each system and type, since the catalogue knows systems by
//! them, and never for a line.

use std::collections::HashMap;
use std::sync::Arc;

use samflyt_events::catalogue::resource::Zone;
use samflyt_events::catalogue::{ContractEntry, System};
use samflyt_events::{EventType, Refusal, SystemId};
use samflyt_projection::StoreError;

use super::page::Key;
use super::question::Question;
use super::ranks::Ranks;
use super::sources::Sources;
use super::subject;
use crate::answer::store_failed;
use crate::projections::keys::Number;
use crate::walk::{Edge, Extent, Node, Walked, walk};

/// Where something was reached: at a system, or along a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    Met(u32),
    Edge(u32),
}

pub(super) struct Analysis<'a> {
    pub question: &'a Question,
    pub sources: Sources<'a>,
    pub walked: Walked<Number>,
    pub systems: Ranks,
    pub kinds: Ranks,
    /// The rank of each system met.
    pub ranks: Vec<u32>,
    /// What the catalogue has of each system, by rank.
    pub described: Vec<Option<Arc<System>>>,
    /// The zone of each system, by rank.
    zones: Vec<Option<Zone>>,
    /// The flows that the subject itself is an end of.
    pub around: Vec<u32>,
    contracts: HashMap<Number, Option<Arc<ContractEntry>>>,
}

impl<'a> Analysis<'a> {
    pub fn of(question: &'a Question, mut sources: Sources<'a>) -> Result<Self, Refusal> {
        let start = subject::start(question, &mut sources)?;
        let extent =
            Extent { upstream: true, downstream: true, depth: question.depth, edges_max: usize::MAX };
        let walked = walk(&mut sources, &start, &extent).map_err(store_failed)?;
        Self::ordered(question, sources, walked).map_err(store_failed)
    }

    fn ordered(
        question: &'a Question,
        mut sources: Sources<'a>,
        walked: Walked<Number>,
    ) -> Result<Self, StoreError> {
        let names = &mut sources.names;
        let systems = Ranks::of(names, walked.met.iter().map(|met| met.node.system))?;
        let mut published = Vec::new();
        for at in &walked.start {
            published.extend(own_kinds(&sources, &walked, *at)?.into_iter().map(|(kind, _)| kind));
        }
        let met = walked.edges.iter().map(|edge| edge.kind);
        let kinds = Ranks::of(&mut sources.names, met.chain(published).chain(walked.kind))?;
        let described = systems.names.iter().map(|name| {
            let id = SystemId::new(name).ok()?;
            sources.declared.catalogue.system_at(&id, question.moment).cloned()
        });
        let described: Vec<Option<Arc<System>>> = described.collect();
        let zones = described.iter().map(|system| system.as_ref()?.zone).collect();
        let ranks = walked.met.iter().map(|met| systems.rank(met.node.system)).collect();
        let around = around(&walked);
        let contracts = HashMap::new();
        Ok(Self { question, sources, walked, systems, kinds, ranks, described, zones, around, contracts })
    }

    pub fn edge(&self, at: u32) -> &Edge<Number> {
        &self.walked.edges[at as usize]
    }

    pub fn place(&self, met: u32) -> u32 {
        self.walked.met[met as usize].node.place
    }

    pub fn distance(&self, reached: Reached) -> u32 {
        match reached {
            Reached::Met(at) => self.walked.met[at as usize].distance(),
            Reached::Edge(at) => self.edge(at).distance,
        }
    }

    pub fn name(&self, met: u32) -> Arc<str> {
        let rank = self.ranks.get(met as usize).copied().unwrap_or(0);
        self.systems.names.get(super::page::index(rank)).cloned().unwrap_or_else(|| "".into())
    }

    pub fn kind(&self, kind: Number) -> Arc<str> {
        let rank = self.kinds.rank(kind);
        self.kinds.names.get(super::page::index(rank)).cloned().unwrap_or_else(|| "".into())
    }

    pub fn system(&self, met: u32) -> Option<&Arc<System>> {
        self.described.get(super::page::index(self.ranks[met as usize]))?.as_ref()
    }

    /// A system of the catalogue, where it was met in a place.
    pub fn met(&mut self, place: u32, system: &SystemId) -> Result<Option<u32>, StoreError> {
        let system = self.sources.names.number(system.as_str())?;
        Ok(self.walked.index.get(&Node { place, system }).copied())
    }

    pub fn zone(&self, met: u32) -> Option<Zone> {
        *self.zones.get(super::page::index(self.ranks[met as usize]))?
    }

    pub fn is_start(&self, met: u32) -> bool {
        self.walked.start.binary_search(&met).is_ok()
    }

    /// The key of a flow's line: nearer ones first, then by name.
    pub fn edge_key(&self, kind: i32, edge: &Edge<Number>) -> Key {
        let rank = |end: u32| self.ranks.get(end as usize).copied().unwrap_or(0);
        Key {
            distance: edge.distance,
            kind,
            place: self.place(edge.provider) * 2 + 1,
            names: [rank(edge.provider), self.kinds.rank(edge.kind), rank(edge.consumer)],
            sequence: 0,
        }
    }

    /// The contract of a type, as it was in force.
    pub fn contract(&mut self, kind: Number) -> Option<Arc<ContractEntry>> {
        if let Some(known) = self.contracts.get(&kind) {
            return known.clone();
        }
        let name = EventType::new(&self.kind(kind)).ok();
        let catalogue = self.sources.declared.catalogue;
        let found = name.and_then(|name| catalogue.contract_at(&name, self.question.moment).cloned());
        self.contracts.insert(kind, found.clone());
        found
    }

    /// The types that a system of the subject publishes, and when each was first seen.
    pub fn own_kinds(&self, met: u32) -> Result<Vec<(Number, u64)>, StoreError> {
        own_kinds(&self.sources, &self.walked, met)
    }
}

fn own_kinds(
    sources: &Sources<'_>,
    walked: &Walked<Number>,
    met: u32,
) -> Result<Vec<(Number, u64)>, StoreError> {
    let node = walked.met[met as usize].node;
    let streams = sources.places.streams_of(node.place);
    let mut kinds: Vec<(Number, u64)> = Vec::new();
    for (key, totals) in sources.reader.flows_of(node.system, streams)? {
        let meant = walked.kind.is_none_or(|kind| kind == key.kind);
        if meant && totals.first_ms <= sources.seen_ms {
            kinds.push((key.kind, totals.first_ms));
        }
    }
    kinds.sort_unstable();
    kinds.dedup_by_key(|(kind, _)| *kind);
    Ok(kinds)
}

/// The flows whose provider or consumer the subject is; of a contract, those of its type.
fn around(walked: &Walked<Number>) -> Vec<u32> {
    let is_start = |met: u32| walked.start.binary_search(&met).is_ok();
    let own = walked.edges.iter().enumerate().filter(|(_, edge)| match walked.kind {
        Some(kind) => edge.kind == kind && is_start(edge.provider),
        None => is_start(edge.provider) || is_start(edge.consumer),
    });
    own.map(|(at, _)| at as u32).collect()
}

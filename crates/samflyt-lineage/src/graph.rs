//! The flow graph: from a system or an event type up, down or both, to a depth. Its cost grows with its answer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use samflyt_projection::StoreError;

use crate::projections::keys::{FlowKey, NOBODY, Number};
use crate::projections::values::Totals;
use crate::reader::{Period, Reader, Streams};

/// Where a graph begins, and how far it goes.
pub(crate) struct Extent {
    pub upstream: bool,
    pub downstream: bool,
    /// Systems away from the start.
    pub depth: u32,
    pub period: Period,
    pub edges_max: usize,
}

/// A graph of numbers.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub edges: BTreeMap<FlowKey, Totals>,
    /// Systems and how far away they are.
    pub distance: BTreeMap<Number, u32>,
    pub truncated: bool,
}

pub(crate) enum Start {
    System(Number),
    Kind(Number),
}

impl Reader {
    /// Every flow of the streams that a filter lets through.
    pub(crate) fn all_flows(
        &self,
        streams: &Streams,
        period: Period,
        keep: impl Fn(&FlowKey) -> bool,
    ) -> Result<Vec<(FlowKey, Totals)>, StoreError> {
        let mut flows = Vec::new();
        for (stream, tenant) in streams {
            for (key, totals) in self.flows_in(*stream, tenant)? {
                if keep(&key) {
                    flows.extend(self.totals(&key, totals, period)?.map(|totals| (key, totals)));
                }
            }
        }
        Ok(flows)
    }

    pub(crate) fn graph(
        &self,
        streams: &Streams,
        start: &Start,
        extent: &Extent,
    ) -> Result<Graph, StoreError> {
        let mut graph = Graph::default();
        let mut walk = Walk { reader: self, streams, extent, graph: &mut graph, open: VecDeque::new() };
        match start {
            Start::System(system) => walk.meet(*system, 0, extent.upstream, extent.downstream),
            Start::Kind(kind) => walk.begin_with(*kind)?,
        }
        walk.run()?;
        Ok(graph)
    }
}

struct Walk<'w> {
    reader: &'w Reader,
    streams: &'w Streams,
    extent: &'w Extent,
    graph: &'w mut Graph,
    /// System, distance, up, down.
    open: VecDeque<(Number, u32, bool, bool)>,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), StoreError> {
        // Each system is walked once in each direction: circles end.
        let mut walked = BTreeSet::new();
        while let Some((system, distance, up, down)) = self.open.pop_front() {
            if distance >= self.extent.depth {
                continue;
            }
            if down && walked.insert((system, true)) {
                self.down(system, distance)?;
            }
            if up && walked.insert((system, false)) {
                self.up(system, distance)?;
            }
            if self.graph.truncated {
                return Ok(());
            }
        }
        Ok(())
    }

    fn begin_with(&mut self, kind: Number) -> Result<(), StoreError> {
        let found = self.reader.providers_of(kind, self.streams)?;
        let providers: BTreeSet<Number> = found.into_iter().map(|(_, provider)| provider).collect();
        for provider in providers {
            self.meet(provider, 0, self.extent.upstream, false);
            for (key, totals) in self.reader.flows_of(provider, self.streams)? {
                if key.kind == kind && self.edge(key, totals)? && key.consumer != NOBODY {
                    self.meet(key.consumer, 1, false, self.extent.downstream);
                }
            }
        }
        Ok(())
    }

    fn down(&mut self, system: Number, distance: u32) -> Result<(), StoreError> {
        for (key, totals) in self.reader.flows_of(system, self.streams)? {
            if self.edge(key, totals)? && key.consumer != NOBODY {
                self.meet(key.consumer, distance + 1, false, true);
            }
        }
        Ok(())
    }

    fn up(&mut self, system: Number, distance: u32) -> Result<(), StoreError> {
        for key in self.reader.used_by(system, self.streams)? {
            let Some(totals) = self.reader.flow(&key)? else { continue };
            if self.edge(key, totals)? {
                self.meet(key.provider, distance + 1, true, false);
            }
        }
        Ok(())
    }

    fn meet(&mut self, system: Number, distance: u32, up: bool, down: bool) {
        self.graph
            .distance
            .entry(system)
            .and_modify(|known| *known = distance.min(*known))
            .or_insert(distance);
        self.open.push_back((system, distance, up, down));
    }

    /// Notes an edge, if it is there in the period and there is room for it.
    fn edge(&mut self, key: FlowKey, all: Totals) -> Result<bool, StoreError> {
        if self.graph.edges.contains_key(&key) {
            return Ok(true);
        }
        let Some(totals) = self.reader.totals(&key, all, self.extent.period)? else { return Ok(false) };
        if self.graph.edges.len() >= self.extent.edges_max {
            self.graph.truncated = true;
            return Ok(false);
        }
        self.graph.edges.insert(key, totals);
        Ok(true)
    }
}

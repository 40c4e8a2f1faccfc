//! The flow graph: from a system or an event type up, down or both, to a depth. Its cost grows with its answer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use samflyt_events::TenantId;
use samflyt_projection::StoreError;

use crate::projections::keys::{NOBODY, Number};
use crate::projections::values::Totals;
use crate::reader::{FlowKey, Reader};

/// Days, both included; none: all there are.
pub(crate) type Days = Option<(u16, u16)>;

/// Where a graph begins, and how far it goes.
pub(crate) struct Extent {
    pub upstream: bool,
    pub downstream: bool,
    /// Systems away from the start.
    pub depth: u32,
    pub days: Days,
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
    /// A flow in a window.
    pub(crate) fn totals(
        &self,
        key: FlowKey,
        all: Option<Totals>,
        days: Days,
    ) -> Result<Option<Totals>, StoreError> {
        match (days, all) {
            (Some((from, until)), _) => self.flow_between(key, from, until),
            (None, Some(totals)) => Ok(Some(totals)),
            (None, None) => self.flow(key),
        }
    }

    /// Every flow of the streams that a filter lets through.
    pub(crate) fn all_flows(
        &self,
        streams: &BTreeMap<Number, TenantId>,
        days: Days,
        keep: impl Fn(&FlowKey) -> bool,
    ) -> Result<Vec<(FlowKey, Totals)>, StoreError> {
        let mut flows = Vec::new();
        for stream in streams.keys() {
            for (key, totals) in self.flows(*stream, None)? {
                if keep(&key) {
                    flows.extend(self.totals(key, Some(totals), days)?.map(|totals| (key, totals)));
                }
            }
        }
        Ok(flows)
    }

    pub(crate) fn graph(
        &self,
        streams: &BTreeMap<Number, TenantId>,
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
    streams: &'w BTreeMap<Number, TenantId>,
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
        for stream in self.streams.keys() {
            for provider in self.reader.providers_of(kind, *stream)? {
                self.meet(provider, 0, self.extent.upstream, false);
                for (key, totals) in self.reader.flows(*stream, Some(provider))? {
                    if key.kind == kind {
                        self.edge(key, Some(totals))?;
                        if key.consumer != NOBODY {
                            self.meet(key.consumer, 1, false, self.extent.downstream);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn down(&mut self, system: Number, distance: u32) -> Result<(), StoreError> {
        for stream in self.streams.keys() {
            for (key, totals) in self.reader.flows(*stream, Some(system))? {
                if self.edge(key, Some(totals))? && key.consumer != NOBODY {
                    self.meet(key.consumer, distance + 1, false, true);
                }
            }
        }
        Ok(())
    }

    fn up(&mut self, system: Number, distance: u32) -> Result<(), StoreError> {
        for stream in self.streams.keys() {
            for key in self.reader.used_by(*stream, system)? {
                if self.edge(key, None)? {
                    self.meet(key.provider, distance + 1, true, false);
                }
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

    /// Notes an edge, if it is there in the window and there is room for it.
    fn edge(&mut self, key: FlowKey, all: Option<Totals>) -> Result<bool, StoreError> {
        let Some(totals) = self.reader.totals(key, all, self.extent.days)? else { return Ok(false) };
        if !self.graph.edges.contains_key(&key) && self.graph.edges.len() >= self.extent.edges_max {
            self.graph.truncated = true;
            return Ok(false);
        }
        self.graph.edges.insert(key, totals);
        Ok(true)
    }
}

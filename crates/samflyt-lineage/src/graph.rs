//! The flow graph: from a system or an event type up, down or both, to a depth. Its cost grows with its answer.

use std::collections::BTreeMap;

use samflyt_projection::StoreError;

use crate::projections::keys::{FlowKey, NOBODY, Number};
use crate::projections::values::Totals;
use crate::reader::{Period, Reader, Streams};
use crate::received::SubscribedIn;
use crate::walk::{Extent, Flows, Hop, NO_ONE, Node, Start, walk};

/// A graph of numbers.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// Those that were received are marked so, and stand beside those that are known by causation.
    pub edges: BTreeMap<(FlowKey, bool), Totals>,
    /// Systems and how far away they are.
    pub distance: BTreeMap<Number, u32>,
    pub truncated: bool,
}

pub(crate) enum Begin {
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
        begin: &Begin,
        period: Period,
        extent: &Extent,
    ) -> Result<Graph, StoreError> {
        let start = match begin {
            Begin::System(system) => Start::Systems(vec![everywhere(*system)]),
            Begin::Kind(kind) => {
                let mut providers: Vec<Node> = self
                    .providers_of(*kind, streams)?
                    .into_iter()
                    .map(|(_, found)| everywhere(found))
                    .collect();
                providers.sort_unstable();
                providers.dedup();
                Start::Kind(*kind, providers)
            }
        };
        let mut around = Around { reader: self, streams, period, subscribed: SubscribedIn::new() };
        let walked = walk(&mut around, &start, extent)?;
        let mut graph = Graph { truncated: walked.truncated, ..Graph::default() };
        for edge in &walked.edges {
            let number = |end: u32| walked.met.get(end as usize).map_or(NOBODY, |met| met.node.system);
            let (stream, totals, received) = edge.flow;
            debug_assert!(edge.provider != NO_ONE);
            let (provider, consumer) = (number(edge.provider), number(edge.consumer));
            let key = FlowKey { stream, provider, kind: edge.kind, consumer };
            graph.edges.insert((key, received), totals);
        }
        graph.distance = walked.met.iter().map(|met| (met.node.system, met.distance())).collect();
        Ok(graph)
    }
}

/// A graph shows what hangs together by its systems, whichever municipality speaks through them.
fn everywhere(system: Number) -> Node {
    Node { place: 0, system }
}

/// What was seen in a period.
struct Around<'r> {
    reader: &'r Reader,
    streams: &'r Streams,
    period: Period,
    subscribed: SubscribedIn,
}

impl Around<'_> {
    fn received(
        &mut self,
        flows: Vec<FlowKey>,
        other: impl Fn(&FlowKey) -> Number,
        hops: &mut Vec<Hop<<Self as Flows>::Flow>>,
    ) -> Result<(), StoreError> {
        for key in flows {
            if let Some(totals) = self.reader.received(&mut self.subscribed, &key, self.period)? {
                hops.push(Hop { other: other(&key), kind: key.kind, flow: (key.stream, totals, true) });
            }
        }
        Ok(())
    }
}

impl Flows for Around<'_> {
    /// In which stream, how many, and whether they are known by deliveries.
    type Flow = (Number, Totals, bool);

    fn down(&mut self, from: Node) -> Result<Vec<Hop<Self::Flow>>, StoreError> {
        let mut hops = Vec::new();
        for (key, totals) in self.reader.flows_of(from.system, self.streams)? {
            if let Some(totals) = self.reader.totals(&key, totals, self.period)? {
                hops.push(Hop { other: key.consumer, kind: key.kind, flow: (key.stream, totals, false) });
            }
        }
        let delivered = self.reader.deliverable_from(from.system, self.streams)?;
        self.received(delivered, |key| key.consumer, &mut hops)?;
        Ok(hops)
    }

    fn up(&mut self, to: Node) -> Result<Vec<Hop<Self::Flow>>, StoreError> {
        let mut hops = Vec::new();
        for (key, first_ms) in self.reader.used_by(to.system, self.streams)? {
            if first_ms > self.period.seen_ms {
                continue;
            }
            let Some(all) = self.reader.flow(&key)? else { continue };
            if let Some(totals) = self.reader.totals(&key, all, self.period)? {
                hops.push(Hop { other: key.provider, kind: key.kind, flow: (key.stream, totals, false) });
            }
        }
        let delivered = self.reader.deliverable_to(to.system, self.streams)?;
        self.received(delivered, |key| key.provider, &mut hops)?;
        Ok(hops)
    }
}

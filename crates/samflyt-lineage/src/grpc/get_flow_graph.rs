//! `GetFlowGraph`.

use std::collections::HashSet;

use samflyt_events::catalogue::AsOf;
use samflyt_events::{Reason, Refusal, SystemId};
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::Direction;
use samflyt_proto::lineage::get_flow_graph_request::Start as Asked;
use samflyt_runtime::Caller;

use super::flow::{message, order};
use crate::Lineage;
use crate::answer::{completeness, moment_of, period, store_failed};
use crate::graph::{Begin, Graph};
use crate::reader::{Reader, Streams};
use crate::walk::Extent;

const EDGES_DEFAULT: u32 = 1_000;

impl Lineage {
    pub(super) async fn flow_graph(
        &self,
        caller: Caller,
        request: pb::GetFlowGraphRequest,
    ) -> Result<pb::GetFlowGraphResponse, Refusal> {
        let direction = request.direction();
        let (tenants, reader) = self.question(&caller, &request.tenants, request.at_least).await?;
        let edges_max = if request.edges_max == 0 { EDGES_DEFAULT } else { request.edges_max };
        let extent = Extent {
            upstream: direction != Direction::Downstream,
            downstream: direction != Direction::Upstream,
            depth: request.depth.max(1),
            edges_max: edges_max.min(self.config.graph_edges_max) as usize,
        };
        let period = period(request.window, request.as_of)?;
        let streams = reader.streams(tenants.iter().cloned()).map_err(store_failed)?;
        let start = match &request.start {
            Some(Asked::System(system)) => reader.number(system).map(|number| number.map(Begin::System)),
            Some(Asked::Type(kind)) => reader.number(kind).map(|number| number.map(Begin::Kind)),
            None => {
                let advice = "name a `system` or a `type`";
                return Err(Refusal::of_field(Reason::RequestInvalid, "/start", "is missing", advice));
            }
        };
        // A system that never spoke has no flows; whether it is registered is the catalogue's to say.
        let graph = match start.map_err(store_failed)? {
            Some(start) => reader.graph(&streams, &start, period, &extent).map_err(store_failed)?,
            None => Graph::default(),
        };
        let moment = moment_of(request.as_of)?;
        let (nodes, edges) = self.messages(&reader, &streams, &graph, moment).map_err(store_failed)?;
        let completeness = Some(completeness(&reader, &tenants, graph.truncated));
        Ok(pb::GetFlowGraphResponse { nodes, edges, completeness })
    }

    fn messages(
        &self,
        reader: &Reader,
        streams: &Streams,
        graph: &Graph,
        moment: AsOf,
    ) -> Result<(Vec<pb::FlowNode>, Vec<pb::Flow>), samflyt_projection::StoreError> {
        let catalogue = self.deps.feed.get();
        let mut edges = graph
            .edges
            .iter()
            .map(|((key, received), totals)| {
                let flow = message(reader, streams, (&catalogue, moment), *key, *totals)?;
                Ok(pb::Flow { received: *received, ..flow })
            })
            .collect::<Result<Vec<_>, samflyt_projection::StoreError>>()?;
        edges.sort_by(|a, b| (order(a), a.received).cmp(&(order(b), b.received)));
        let ends = |edge: &pb::Flow| [edge.provider.clone(), edge.consumer.clone()];
        let met: HashSet<String> = edges.iter().flat_map(ends).collect();
        let mut nodes = Vec::with_capacity(graph.distance.len());
        for (number, distance) in &graph.distance {
            let system = reader.name(*number)?;
            // A system that speaks only outside the tenants asked about has no edge here, and no place: also the start.
            if !met.contains(&system) {
                continue;
            }
            let registered =
                SystemId::new(&system).ok().and_then(|id| catalogue.system_at(&id, moment).cloned());
            let registered = registered.as_ref();
            nodes.push(pb::FlowNode {
                name: registered.map(|system| system.name.clone()).unwrap_or_default(),
                product: registered.map(|system| system.product.clone()).unwrap_or_default(),
                host: registered.map(|system| system.host.to_string()).unwrap_or_default(),
                distance: *distance,
                system,
            });
        }
        nodes.sort_by(|a, b| (a.distance, &a.system).cmp(&(b.distance, &b.system)));
        Ok((nodes, edges))
    }
}

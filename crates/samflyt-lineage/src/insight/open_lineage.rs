//! `ExportOpenLineage`: the flows as OpenLineage 2-0-2 tells them. Each flow and day is a run with a START and a COMPLETE;
//! asked again, the same runs have the same ids.
//!
//! What a system publishes of a type is a dataset; a system that publishes it, or handles it, is a job.

mod dataset;
mod days;
mod event;
mod facet;
mod flow;

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::{StreamExt, stream};
use samflyt_events::subject::events_stream;
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::lineage as pb;
use samflyt_runtime::{Caller, refused};

use crate::Lineage;
use crate::answer::{completeness, period, store_failed};
use crate::grpc::Answers;
use crate::reader::{Period, Reader, Streams};

use flow::ObservedFlow;

/// How many events one message holds at most.
const EVENTS_MAX: usize = 100;

impl Lineage {
    pub(super) async fn open_lineage(
        self: &Arc<Self>,
        caller: Caller,
        request: pb::ExportOpenLineageRequest,
    ) -> Result<Answers<pb::ExportOpenLineageResponse>, Refusal> {
        let (tenants, reader) = self.question(&caller, &request.tenants, request.at_least).await?;
        let period = period(request.window, None)?;
        let flows = observed(&reader, &tenants, period).map_err(store_failed)?;
        let last = pb::ExportOpenLineageResponse {
            events: Vec::new(),
            completeness: Some(completeness(&reader, &tenants, false)),
        };
        let catalogue = self.deps.feed.get().clone();
        // One flow after the other, when the reader has taken the one before.
        let told = flows.into_iter().flat_map(move |flow| {
            match event::of_flow(&reader, &catalogue, &flow, period) {
                Ok(events) => events.chunks(EVENTS_MAX).map(|events| Ok(message(events))).collect(),
                Err(error) => vec![Err(refused::status(&store_failed(error)))],
            }
        });
        Ok(Box::pin(stream::iter(told).chain(stream::iter([Ok(last)]))))
    }
}

fn message(events: &[String]) -> pb::ExportOpenLineageResponse {
    pb::ExportOpenLineageResponse { events: events.to_vec(), completeness: None }
}

/// The flows that were seen in the period, in the order of their names. What the catalogue tells of itself is none.
fn observed(
    reader: &Reader,
    tenants: &BTreeSet<TenantId>,
    period: Period,
) -> Result<Vec<ObservedFlow>, samflyt_projection::StoreError> {
    let mut streams = Streams::new();
    for tenant in tenants {
        if let Some(number) = reader.number(&events_stream(tenant))? {
            streams.insert(number, tenant.clone());
        }
    }
    let mut flows = Vec::new();
    for (key, _) in reader.all_flows(&streams, period, |_| true)? {
        flows.extend(ObservedFlow::named(reader, &streams, key)?);
    }
    flows.sort_by(|a, b| a.names().cmp(&b.names()));
    Ok(flows)
}

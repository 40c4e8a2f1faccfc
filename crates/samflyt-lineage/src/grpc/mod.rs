//! The API: parse → look → reply. One file per RPC.

pub(crate) mod flow;
mod get_deliveries;
mod get_event;
mod get_flow_graph;
mod get_status;
mod list_entity_events;
mod list_flows;
mod rebuild_projection;
mod trace_event;
pub(crate) mod watch_flows;

use samflyt_events::Refusal;
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::lineage_service_server::LineageService;
pub(crate) use samflyt_runtime::rpc::Answers;
use samflyt_runtime::{Caller, rpc};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use crate::Lineage;

impl Lineage {
    pub(crate) async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Refusal> {
        Caller::of_metadata(&self.deps.authenticator, metadata).await
    }
}

#[tonic::async_trait]
impl LineageService for Lineage {
    type WatchFlowsStream = Answers<pb::WatchFlowsResponse>;
    type RebuildProjectionStream = Answers<pb::RebuildProjectionResponse>;

    async fn get_event(
        &self,
        request: Request<pb::GetEventRequest>,
    ) -> Result<Response<pb::GetEventResponse>, Status> {
        rpc!(self, request, event)
    }

    async fn trace_event(
        &self,
        request: Request<pb::TraceEventRequest>,
    ) -> Result<Response<pb::TraceEventResponse>, Status> {
        rpc!(self, request, trace)
    }

    async fn get_deliveries(
        &self,
        request: Request<pb::GetDeliveriesRequest>,
    ) -> Result<Response<pb::GetDeliveriesResponse>, Status> {
        rpc!(self, request, deliveries)
    }

    async fn list_entity_events(
        &self,
        request: Request<pb::ListEntityEventsRequest>,
    ) -> Result<Response<pb::ListEntityEventsResponse>, Status> {
        rpc!(self, request, history)
    }

    async fn list_flows(
        &self,
        request: Request<pb::ListFlowsRequest>,
    ) -> Result<Response<pb::ListFlowsResponse>, Status> {
        rpc!(self, request, flows)
    }

    async fn get_flow_graph(
        &self,
        request: Request<pb::GetFlowGraphRequest>,
    ) -> Result<Response<pb::GetFlowGraphResponse>, Status> {
        rpc!(self, request, flow_graph)
    }

    async fn watch_flows(
        &self,
        request: Request<pb::WatchFlowsRequest>,
    ) -> Result<Response<Self::WatchFlowsStream>, Status> {
        rpc!(self, request, watch)
    }

    async fn get_status(
        &self,
        request: Request<pb::GetStatusRequest>,
    ) -> Result<Response<pb::GetStatusResponse>, Status> {
        rpc!(self, request, status)
    }

    async fn rebuild_projection(
        &self,
        request: Request<pb::RebuildProjectionRequest>,
    ) -> Result<Response<Self::RebuildProjectionStream>, Status> {
        rpc!(self, request, rebuild)
    }
}

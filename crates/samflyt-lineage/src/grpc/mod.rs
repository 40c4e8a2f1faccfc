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

use std::pin::Pin;

use futures::Stream;
use samflyt_events::Refusal;
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::lineage_service_server::LineageService;
use samflyt_runtime::{Caller, refused};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use crate::Lineage;

pub(crate) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Lineage {
    pub(crate) async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Refusal> {
        Caller::of_metadata(&self.deps.authenticator, metadata).await
    }
}

/// Authenticates, hands over to the method that answers, and maps its refusal.
macro_rules! answer {
    ($self:expr, $request:ident, $method:ident) => {{
        let (metadata, _, message) = $request.into_parts();
        let answer = async { $self.$method($self.caller(&metadata).await?, message).await };
        answer.await.map(Response::new).map_err(|refusal| refused::status(&refusal))
    }};
}
pub(crate) use answer;

#[tonic::async_trait]
impl LineageService for Lineage {
    type WatchFlowsStream = Answers<pb::WatchFlowsResponse>;
    type RebuildProjectionStream = Answers<pb::RebuildProjectionResponse>;

    async fn get_event(
        &self,
        request: Request<pb::GetEventRequest>,
    ) -> Result<Response<pb::GetEventResponse>, Status> {
        answer!(self, request, event)
    }

    async fn trace_event(
        &self,
        request: Request<pb::TraceEventRequest>,
    ) -> Result<Response<pb::TraceEventResponse>, Status> {
        answer!(self, request, trace)
    }

    async fn get_deliveries(
        &self,
        request: Request<pb::GetDeliveriesRequest>,
    ) -> Result<Response<pb::GetDeliveriesResponse>, Status> {
        answer!(self, request, deliveries)
    }

    async fn list_entity_events(
        &self,
        request: Request<pb::ListEntityEventsRequest>,
    ) -> Result<Response<pb::ListEntityEventsResponse>, Status> {
        answer!(self, request, history)
    }

    async fn list_flows(
        &self,
        request: Request<pb::ListFlowsRequest>,
    ) -> Result<Response<pb::ListFlowsResponse>, Status> {
        answer!(self, request, flows)
    }

    async fn get_flow_graph(
        &self,
        request: Request<pb::GetFlowGraphRequest>,
    ) -> Result<Response<pb::GetFlowGraphResponse>, Status> {
        answer!(self, request, flow_graph)
    }

    async fn watch_flows(
        &self,
        request: Request<pb::WatchFlowsRequest>,
    ) -> Result<Response<Self::WatchFlowsStream>, Status> {
        answer!(self, request, watch)
    }

    async fn get_status(
        &self,
        request: Request<pb::GetStatusRequest>,
    ) -> Result<Response<pb::GetStatusResponse>, Status> {
        answer!(self, request, status)
    }

    async fn rebuild_projection(
        &self,
        request: Request<pb::RebuildProjectionRequest>,
    ) -> Result<Response<Self::RebuildProjectionStream>, Status> {
        answer!(self, request, rebuild)
    }
}

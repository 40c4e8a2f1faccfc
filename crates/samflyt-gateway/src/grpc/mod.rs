//! gRPC: one file per RPC.

mod draft;
mod list_limits;
mod order;
mod publish_event;
mod publish_events;

use std::sync::Arc;

use samflyt_events::Refusal;
use samflyt_proto::gateway as pb;
use samflyt_proto::gateway::gateway_service_server::GatewayService;
use samflyt_runtime::{Caller, Lifecycle, refused, rpc};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use crate::Intake;
use crate::intake::Receipt;

/// The gateway's gRPC service.
pub(crate) struct Gateway {
    intake: Arc<Intake>,
    lifecycle: Lifecycle,
}

impl Gateway {
    pub fn new(intake: Arc<Intake>, lifecycle: Lifecycle) -> Self {
        Self { intake, lifecycle }
    }

    async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Refusal> {
        Caller::of_metadata(&self.intake.deps.authenticator, metadata).await
    }
}

#[tonic::async_trait]
impl GatewayService for Gateway {
    async fn publish_event(
        &self,
        request: Request<pb::PublishEventRequest>,
    ) -> Result<Response<pb::PublishEventResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        let answer = self.publish_one(&metadata, message).await;
        answer.map(Response::new).map_err(|refusal| refused::status(&refusal))
    }

    type PublishEventsStream = publish_events::Replies;

    async fn publish_events(
        &self,
        request: Request<Streaming<pb::PublishEventsRequest>>,
    ) -> Result<Response<Self::PublishEventsStream>, Status> {
        let (metadata, _, requests) = request.into_parts();
        let answer = self.publish_many(&metadata, requests).await;
        answer.map(Response::new).map_err(|refusal| refused::status(&refusal))
    }

    async fn list_limits(
        &self,
        request: Request<pb::ListLimitsRequest>,
    ) -> Result<Response<pb::ListLimitsResponse>, Status> {
        rpc!(self, request, limits)
    }
}

fn receipt(receipt: &Receipt) -> pb::Receipt {
    pb::Receipt {
        tenant: receipt.tenant.to_string(),
        sequence: receipt.sequence,
        duplicate: receipt.duplicate,
        contract_version: receipt.contract.map(|version| version.to_string()).unwrap_or_default(),
    }
}

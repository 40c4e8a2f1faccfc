//! Fiks Arkiv messages over gRPC: one file per RPC.

mod confirm_answers;
mod get_answers;
mod list_messages;
mod send_message;
mod subscribe_answers;
mod view;

use std::sync::Arc;

use samflyt_events::Refusal;
use samflyt_proto::archive as pb;
use samflyt_proto::archive::fiks_arkiv_service_server::FiksArkivService;
use samflyt_runtime::rpc::Answers;
use samflyt_runtime::{Caller, rpc};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use super::check::Fields;
use crate::Archive;

const FIELDS: Fields = Fields {
    tenant: "/tenant",
    system: "/system",
    kind: "/type",
    client_id: "/client_message_id",
    correlation: "/client_correlation_id",
    payload: "/payload",
    files: "/files",
};

/// The gRPC service of messages.
pub(crate) struct Service(pub Arc<Archive>);

impl Service {
    async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Refusal> {
        Caller::of_metadata(&self.0.deps.authenticator, metadata).await
    }
}

#[tonic::async_trait]
impl FiksArkivService for Service {
    async fn send_message(
        &self,
        request: Request<pb::SendMessageRequest>,
    ) -> Result<Response<pb::SendMessageResponse>, Status> {
        rpc!(self, request, send)
    }

    async fn get_answers(
        &self,
        request: Request<pb::GetAnswersRequest>,
    ) -> Result<Response<pb::GetAnswersResponse>, Status> {
        rpc!(self, request, answers)
    }

    type SubscribeAnswersStream = Answers<pb::SubscribeAnswersResponse>;

    async fn subscribe_answers(
        &self,
        request: Request<pb::SubscribeAnswersRequest>,
    ) -> Result<Response<Self::SubscribeAnswersStream>, Status> {
        rpc!(self, request, subscribe)
    }

    async fn confirm_answers(
        &self,
        request: Request<pb::ConfirmAnswersRequest>,
    ) -> Result<Response<pb::ConfirmAnswersResponse>, Status> {
        rpc!(self, request, confirm)
    }

    async fn list_messages(
        &self,
        request: Request<pb::ListMessagesRequest>,
    ) -> Result<Response<pb::ListMessagesResponse>, Status> {
        rpc!(self, request, list)
    }
}

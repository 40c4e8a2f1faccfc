//! `ExtractionService`: one file per RPC.

mod export_arkivdel;
mod fetch_documents;

use std::sync::Arc;

use futures::StreamExt;
use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::extraction_service_server::ExtractionService;
use samflyt_runtime::refused;
use samflyt_runtime::rpc::Answers;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::Archive;
use crate::door;

/// The extractions' gRPC service.
pub(crate) struct Service(pub Arc<Archive>);

/// What an extraction is told that runs while the hub stops.
pub(super) fn stopping() -> Refusal {
    Refusal::new(
        Reason::StoreUnavailable,
        "the hub is stopping: start the extraction again, it goes on from what is there",
    )
}

#[tonic::async_trait]
impl ExtractionService for Service {
    type ExportArkivdelStream = Answers<pb::ExportArkivdelResponse>;

    async fn export_arkivdel(
        &self,
        request: Request<pb::ExportArkivdelRequest>,
    ) -> Result<Response<Self::ExportArkivdelStream>, Status> {
        door::answered!(self, request, Scope::Admin, export)
    }

    type FetchDocumentsStream = Answers<pb::FetchDocumentsResponse>;

    async fn fetch_documents(
        &self,
        request: Request<pb::FetchDocumentsRequest>,
    ) -> Result<Response<Self::FetchDocumentsStream>, Status> {
        door::answered!(self, request, Scope::Admin, fetch)
    }
}

/// What a task says, as answers.
fn answers<P: Send + 'static, T: 'static>(
    told: mpsc::Receiver<Result<P, Refusal>>,
    message: impl Fn(P) -> T + Send + 'static,
) -> Answers<T> {
    let answers = ReceiverStream::new(told).map(move |told| match told {
        Ok(part) => Ok(message(part)),
        Err(refusal) => Err(refused::status(&refusal)),
    });
    answers.boxed()
}

//! gRPC: one file per RPC.

mod download_document;
mod get_document;
mod get_upload;
mod upload_document;
mod verify_fixity;

use std::sync::Arc;

use samflyt_events::Refusal;
use samflyt_proto::archive as pb;
use samflyt_proto::archive::archive_service_server::ArchiveService;
use samflyt_runtime::rpc::Answers;
use samflyt_runtime::{Caller, rpc};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use crate::Archive;
use crate::documents::DocumentStore;

/// The archive's gRPC service.
pub(crate) struct Service {
    pub store: Arc<DocumentStore>,
    /// Knows which records hold a document.
    pub archive: Arc<Archive>,
}

impl Service {
    async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Refusal> {
        Caller::of_metadata(&self.store.deps.authenticator, metadata).await
    }
}

#[tonic::async_trait]
impl ArchiveService for Service {
    async fn upload_document(
        &self,
        request: Request<Streaming<pb::UploadDocumentRequest>>,
    ) -> Result<Response<pb::UploadDocumentResponse>, Status> {
        rpc!(self, request, upload)
    }

    async fn get_upload(
        &self,
        request: Request<pb::GetUploadRequest>,
    ) -> Result<Response<pb::GetUploadResponse>, Status> {
        rpc!(self, request, upload_came)
    }

    type DownloadDocumentStream = Answers<pb::DownloadDocumentResponse>;

    async fn download_document(
        &self,
        request: Request<pb::DownloadDocumentRequest>,
    ) -> Result<Response<Self::DownloadDocumentStream>, Status> {
        rpc!(self, request, download)
    }

    async fn get_document(
        &self,
        request: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<pb::GetDocumentResponse>, Status> {
        rpc!(self, request, describe)
    }

    type VerifyFixityStream = Answers<pb::VerifyFixityResponse>;

    async fn verify_fixity(
        &self,
        request: Request<pb::VerifyFixityRequest>,
    ) -> Result<Response<Self::VerifyFixityStream>, Status> {
        rpc!(self, request, verify)
    }
}

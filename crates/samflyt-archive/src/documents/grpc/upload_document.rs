//! `UploadDocument`.

use samflyt_events::{Reason, Refusal};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::upload_document_request::Part;
use samflyt_runtime::Caller;
use tonic::{Status, Streaming};

use super::Service;
use crate::documents::intake::{Begun, Claim, Receipt, Upload, broken_off, stopping};

impl Service {
    pub(super) async fn upload(
        &self,
        caller: Caller,
        mut requests: Streaming<pb::UploadDocumentRequest>,
    ) -> Result<pb::UploadDocumentResponse, Refusal> {
        let outcome = self.receive(&caller, &mut requests).await;
        if let Err(refusal) = &outcome {
            self.store.metrics.refuse(refusal.reason);
        }
        Ok(pb::UploadDocumentResponse { receipt: Some(outcome?.message()) })
    }

    async fn receive(
        &self,
        caller: &Caller,
        requests: &mut Streaming<pb::UploadDocumentRequest>,
    ) -> Result<Receipt, Refusal> {
        let Some(Part::Start(start)) = next(requests.message().await)? else {
            return Err(out_of_order("/start", "is not the first message of the stream"));
        };
        let claim = Claim::parse(&start.tenant, &start.sha256, start.size)?;
        match self.store.begin(caller, claim).await? {
            Begun::Stored(receipt) => Ok(receipt),
            Begun::Open(upload) => {
                self.pieces(&upload, start.offset, requests).await?;
                upload.finish().await
            }
        }
    }

    async fn pieces(
        &self,
        upload: &Upload,
        mut at: u64,
        requests: &mut Streaming<pb::UploadDocumentRequest>,
    ) -> Result<(), Refusal> {
        // A wrong offset is told before the first piece is sent.
        upload.append(at, bytes::Bytes::new()).await?;
        loop {
            let message = tokio::select! {
                message = requests.message() => message,
                () = self.store.lifecycle.intake.cancelled() => return Err(stopping()),
            };
            match next(message)? {
                None => return Ok(()),
                Some(Part::Content(piece)) => {
                    let len = piece.len() as u64;
                    upload.append(at, piece).await?;
                    at += len;
                }
                Some(Part::Start(_)) => return Err(out_of_order("/start", "comes twice")),
            }
        }
    }
}

/// None at the end of the stream.
fn next(message: Result<Option<pb::UploadDocumentRequest>, Status>) -> Result<Option<Part>, Refusal> {
    match message {
        Ok(None) => Ok(None),
        Ok(Some(pb::UploadDocumentRequest { part: Some(part) })) => Ok(Some(part)),
        Ok(Some(pb::UploadDocumentRequest { part: None })) => {
            Err(out_of_order("/part", "is neither `start` nor `content`"))
        }
        Err(status) if status.code() == tonic::Code::OutOfRange => {
            let rule = "is larger than a message may be";
            Err(Refusal::of_field(Reason::TooLarge, "/content", rule, "send pieces of at most 1 MiB"))
        }
        Err(status) => {
            tracing::debug!(%status, "an upload broke off");
            Err(broken_off())
        }
    }
}

fn out_of_order(field: &str, rule: &str) -> Refusal {
    Refusal::of_field(Reason::RequestInvalid, field, rule, "send `start` once, then pieces of `content`")
}

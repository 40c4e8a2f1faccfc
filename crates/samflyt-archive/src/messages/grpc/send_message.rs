//! `SendMessage`.

use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::message_file::Document;
use samflyt_runtime::Caller;
use samflyt_runtime::refused::timestamp;

use super::{FIELDS, Service};
use crate::Digest;
use crate::documents::Arrived;
use crate::messages::Attachment;
use crate::messages::check::{self, Said, invalid};
use crate::messages::id::Part;

/// A file that was checked: with the message and not stored yet, or in the store.
enum Ready {
    Arrived(String, Arrived),
    Stored(Attachment),
}

impl Service {
    pub(super) async fn send(
        &self,
        caller: Caller,
        request: pb::SendMessageRequest,
    ) -> Result<pb::SendMessageResponse, Refusal> {
        let outcome = self.take(&caller, request).await;
        if let Err(refusal) = &outcome {
            self.0.exchange.metrics.refuse(refusal.reason);
        }
        outcome
    }

    async fn take(
        &self,
        caller: &Caller,
        request: pb::SendMessageRequest,
    ) -> Result<pb::SendMessageResponse, Refusal> {
        let said = Said {
            tenant: Some(request.tenant),
            system: Some(request.system),
            kind: Some(request.r#type),
            client_id: Some(request.client_message_id),
            correlation: Some(request.client_correlation_id),
            ttl_s: request.ttl.map(seconds).transpose()?,
        };
        let checked = said.check(&FIELDS)?;
        self.0.admit_sender(caller, &checked, &FIELDS)?;
        check::payload(request.payload.len(), &FIELDS)?;
        let mut ready: Vec<Ready> = Vec::with_capacity(request.files.len());
        for (at, file) in request.files.into_iter().enumerate() {
            let field = format!("{}/{at}", FIELDS.files);
            check::file_name(&file.name, ready.iter().map(Ready::name), &field)?;
            ready.push(self.ready(&checked.tenant, file, &field).await?);
        }
        let mut files = Vec::with_capacity(ready.len());
        for (at, file) in ready.into_iter().enumerate() {
            files.push(
                file.store().await.map_err(|refusal| told_of(refusal, &format!("{}/{at}", FIELDS.files)))?,
            );
        }
        let accepted = self.0.send(caller, checked, request.payload, files).await?;
        let receipt = accepted.receipt.map(|kind| pb::Answer {
            answer_id: accepted.id.of_answer(Part::Receipt).to_string(),
            message_id: accepted.id.to_string(),
            r#type: kind.name(),
            given_at: Some(timestamp(accepted.received_at)),
            ..pb::Answer::default()
        });
        Ok(pb::SendMessageResponse {
            message_id: accepted.id.to_string(),
            received_at: Some(timestamp(accepted.received_at)),
            expires_at: Some(timestamp(accepted.expires_at)),
            receipt,
            already_there: accepted.again,
        })
    }

    async fn ready(&self, tenant: &TenantId, file: pb::MessageFile, field: &str) -> Result<Ready, Refusal> {
        let documents = &self.0.documents;
        match file.document {
            Some(Document::Content(content)) => {
                let mut arriving = documents.arrive(tenant).map_err(|refusal| told_of(refusal, field))?;
                arriving.append(&content).await.map_err(|refusal| told_of(refusal, field))?;
                let arrived = arriving.end().await.map_err(|refusal| told_of(refusal, field))?;
                Ok(Ready::Arrived(file.name, arrived))
            }
            Some(Document::Sha256(sha256)) => {
                let advice = "give the digest of a document that was uploaded before";
                let digest = Digest::parse(&sha256).map_err(|rule| invalid(field, rule, advice))?;
                let size = documents.good_size(tenant, digest).await?;
                let unknown = || Refusal::of_field(Reason::NotFound, field, "names no good document", advice);
                Ok(Ready::Stored(Attachment { name: file.name, digest, size: size.ok_or_else(unknown)? }))
            }
            None => Err(invalid(field, "has neither `content` nor `sha256`", "give one of them")),
        }
    }
}

impl Ready {
    fn name(&self) -> &str {
        match self {
            Self::Arrived(name, _) => name,
            Self::Stored(file) => &file.name,
        }
    }

    async fn store(self) -> Result<Attachment, Refusal> {
        match self {
            Self::Stored(file) => Ok(file),
            Self::Arrived(name, arrived) => {
                let (digest, size) = (arrived.claim.digest, arrived.claim.size);
                arrived.store().await?;
                Ok(Attachment { name, digest, size })
            }
        }
    }
}

/// What is wrong with a file, told of the file.
fn told_of(mut refusal: Refusal, field: &str) -> Refusal {
    for violation in &mut refusal.violations {
        field.clone_into(&mut violation.field);
    }
    refusal
}

/// Whole seconds, rounded up.
fn seconds(ttl: prost_types::Duration) -> Result<u32, Refusal> {
    let seconds = u32::try_from(ttl.seconds + i64::from(ttl.nanos > 0)).ok().filter(|seconds| *seconds > 0);
    seconds.ok_or_else(|| invalid("/ttl", "is not above 0", "give a time to live, or leave it out"))
}

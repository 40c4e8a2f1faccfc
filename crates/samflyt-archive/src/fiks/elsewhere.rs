//! Messages about what an external archive keeps: passed on as they are, answered as it answers.

use samflyt_events::{Reason, Refusal};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::download_document_response::Part;
use serde_json::Value;

use super::write::actor;
use super::{Answer, Failed};
use crate::Archive;
use crate::external::{Letter, Route};
use crate::messages::{Attachment, Incoming};

impl Archive {
    /// The external archive that a write is for, which may be long in answering it.
    pub(super) async fn lane_of(&self, message: &Incoming) -> Result<Option<usize>, Refusal> {
        // What is wrong with it is answered here.
        let Ok(document) = message.kind.read(&message.payload) else { return Ok(None) };
        let route = self.route(&message.tenant, message.kind, &document).await?;
        if let Some(route) = &route {
            let by = actor(message, &document);
            self.expect(&message.tenant, &message.cause(), route, &by, &document).await?;
        }
        Ok(route.map(|route| route.lane))
    }

    pub(super) async fn passed_on(
        &self,
        message: &Incoming,
        document: &Value,
        route: &Route,
    ) -> Result<Answer, Failed> {
        let left = message.expires_at - self.deps.clock.now();
        let letter = Letter {
            tenant: &message.tenant,
            system: &message.system,
            cause: message.cause(),
            kind: message.kind,
            payload: message.payload.clone(),
            files: message.files.clone(),
            correlation: message.correlation.clone(),
            // Whether it is carried out in its time, only the external archive can say.
            ttl_s: Some(u32::try_from(left.whole_seconds()).unwrap_or_default().max(1)),
        };
        let reply = if message.kind.is_write() {
            self.files(message).await?;
            self.pass_write_on(route, &letter, &actor(message, document), document).await?
        } else {
            self.pass_read_on(route, &letter).await?
        };
        let mut files = Vec::new();
        for file in &reply.files {
            files.push(self.fetched(message, route, file).await?);
        }
        Ok(Answer { kind: reply.kind, document: reply.document, files })
    }

    /// A file of an answer, in our own store.
    async fn fetched(
        &self,
        message: &Incoming,
        route: &Route,
        file: &pb::AnswerFile,
    ) -> Result<Attachment, Refusal> {
        let mut parts = route.external.download(&file.sha256).await?;
        let broken = || {
            Refusal::new(Reason::ArchiveUnavailable, "a document of an external archive did not come whole")
        };
        let mut arriving = self.documents.arrive(&message.tenant)?;
        while let Some(part) = parts.message().await.map_err(|_| broken())? {
            if let Some(Part::Content(piece)) = part.part {
                arriving.append(&piece).await?;
            }
        }
        let arrived = arriving.end().await?;
        let (digest, size) = (arrived.claim.digest, arrived.claim.size);
        if digest.to_string() != file.sha256 {
            return Err(broken());
        }
        arrived.store().await?;
        Ok(Attachment { name: file.name.clone(), digest, size })
    }
}

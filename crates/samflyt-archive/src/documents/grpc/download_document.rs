//! `DownloadDocument`.

use futures::{StreamExt, TryStreamExt};
use samflyt_events::Refusal;
use samflyt_proto::archive as pb;
use samflyt_proto::archive::download_document_response::Part;
use samflyt_runtime::{Caller, refused};

use super::{Answers, Service};
use crate::documents::intake::{document, parse};

impl Service {
    pub(super) async fn download(
        &self,
        caller: Caller,
        request: pb::DownloadDocumentRequest,
    ) -> Result<Answers<pb::DownloadDocumentResponse>, Refusal> {
        let (tenant, digest) = parse(&request.tenant, &request.sha256)?;
        let download = self.store.download(&caller, tenant.clone(), digest).await?;
        let approved = self.store.policy.approves(&download.fact.format);
        let described = Part::Document(document(tenant.as_str(), digest, &download.fact, approved));
        let pieces = download.pieces(None).map_ok(Part::Content);
        let parts = futures::stream::iter([Ok(described)]).chain(pieces);
        let answers = parts.map_ok(|part| pb::DownloadDocumentResponse { part: Some(part) });
        Ok(answers.map_err(|refusal| refused::status(&refusal)).boxed())
    }
}

//! `GetDocument`.

use samflyt_events::Refusal;
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;

use super::Service;
use crate::documents::intake::{document, finding, parse};
use crate::documents::judge::{Judged, not_found};
use crate::records::unreadable;

impl Service {
    pub(super) async fn describe(
        &self,
        caller: Caller,
        request: pb::GetDocumentRequest,
    ) -> Result<pb::GetDocumentResponse, Refusal> {
        let (tenant, digest) = parse(&request.tenant, &request.sha256)?;
        self.store.admit(&caller, &tenant)?;
        let approved = |fact: &crate::documents::known::Fact| self.store.policy.approves(&fact.format);
        let described = match self.store.look_up(&tenant, digest).await? {
            Judged::Good(fact) => document(tenant.as_str(), digest, &fact, approved(&fact)),
            Judged::Bad(found, fact) => {
                let known = fact.map(|fact| document(tenant.as_str(), digest, &fact, approved(&fact)));
                let unknown = pb::Document {
                    tenant: tenant.to_string(),
                    sha256: digest.to_string(),
                    size: found.size,
                    ..pb::Document::default()
                };
                let held = self.archive.held(&tenant).await?;
                let found = finding(digest, &found, held.holders(digest).map_err(unreadable)?);
                pb::Document { finding: Some(found), ..known.unwrap_or(unknown) }
            }
            Judged::Unknown => return Err(not_found(digest)),
        };
        Ok(pb::GetDocumentResponse { document: Some(described) })
    }
}

//! Agreements: approved and ended.

use samflyt_events::catalogue::{Kind, Scope};
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;

use super::parse::{date, parse, text};
use crate::change::Author;
use crate::{Registry, decide};

impl Registry {
    pub(super) async fn approve_agreement(
        &self,
        caller: Caller,
        request: pb::ApproveAgreementRequest,
    ) -> Result<pb::ApproveAgreementResponse, Refusal> {
        let owner = self.owned(&caller, &request.tenant)?;
        let by = text("/approved_by", request.approved_by)?;
        let on = date("/on", &request.on, self.today())?;
        let author = Author::new(&caller, request.reason);
        self.change(&author, |known| decide::approve_agreement(known, &owner, &request.id, &by, on)).await?;
        let agreement = Some(self.resource(Kind::Agreement, &owner, &request.id)?);
        Ok(pb::ApproveAgreementResponse { agreement })
    }

    pub(super) async fn end_agreement(
        &self,
        caller: Caller,
        request: pb::EndAgreementRequest,
    ) -> Result<pb::EndAgreementResponse, Refusal> {
        let owner = self.owned(&caller, &request.tenant)?;
        let on = date("/on", &request.on, self.today())?;
        let author = Author::new(&caller, request.reason);
        self.change(&author, |known| decide::end_agreement(known, &owner, &request.id, on)).await?;
        Ok(pb::EndAgreementResponse { agreement: Some(self.resource(Kind::Agreement, &owner, &request.id)?) })
    }

    /// The tenant that a request names, if the caller may change its part of the catalogue.
    pub(super) fn owned(&self, caller: &Caller, tenant: &str) -> Result<TenantId, Refusal> {
        let owner = parse("/tenant", tenant, TenantId::new)?;
        caller.require(&self.deps.feed.get(), Scope::Registry, &owner, None)?;
        Ok(owner)
    }
}

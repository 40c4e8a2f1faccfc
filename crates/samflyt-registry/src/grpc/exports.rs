//! `ExportTenant` and `ExportCatalogue`.

use samflyt_events::catalogue::Scope;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;

use super::catalogue::Files;
use crate::{Registry, decide, transfer};

impl Registry {
    pub(super) async fn export_tenant(
        &self,
        caller: Caller,
        request: pb::ExportTenantRequest,
    ) -> Result<Files<pb::ExportTenantResponse>, Refusal> {
        let tenant = TenantId::new(&request.tenant).map_err(|_| Refusal::not_granted())?;
        caller.require(&self.deps.feed.get(), Scope::Admin, &tenant, None)?;
        decide::tenant(&self.deps.feed.get(), &tenant)?;
        let files = transfer::export(&self.deps, &tenant, self.stop.clone()).await?;
        Ok(Box::pin(files))
    }

    pub(super) async fn export_catalogue(
        &self,
        _caller: Caller,
        _request: pb::ExportCatalogueRequest,
    ) -> Result<Files<pb::ExportCatalogueResponse>, Refusal> {
        Err(Refusal::new(Reason::RequestInvalid, "not built yet"))
    }
}

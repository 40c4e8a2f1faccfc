//! `ExportTenant` and `ExportCatalogue`.

use std::sync::Arc;

use samflyt_events::catalogue::{Catalogue, Scope};
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;
use samflyt_runtime::rpc::Answers;

use super::parse::moment;
use crate::formats::{self, Extent};
use crate::{Registry, decide, transfer, visible};

/// About how large a message is, in bytes.
const CHUNK_BYTES: usize = 256 * 1024;

impl Registry {
    pub(super) async fn export_tenant(
        &self,
        caller: Caller,
        request: pb::ExportTenantRequest,
    ) -> Result<Answers<pb::ExportTenantResponse>, Refusal> {
        let tenant = TenantId::new(&request.tenant).map_err(|_| Refusal::not_granted())?;
        caller.require(&self.deps.feed.get(), Scope::Admin, &tenant, None)?;
        decide::tenant(&self.deps.feed.get(), &tenant)?;
        Ok(Box::pin(transfer::export(&self.deps, &tenant, self.stop.clone())))
    }

    pub(super) async fn export_catalogue(
        &self,
        caller: Caller,
        request: pb::ExportCatalogueRequest,
    ) -> Result<Answers<pb::ExportCatalogueResponse>, Refusal> {
        let catalogue: Arc<Catalogue> = self.deps.feed.get().clone();
        let extent = Extent {
            catalogue: &catalogue,
            config: &self.config,
            tenants: visible::among(&caller, &catalogue, &request.tenants)?,
            as_of: moment("/as_of", request.as_of)?,
            now: self.deps.clock.now(),
        };
        let text = formats::write(request.format(), &extent)?;
        let parts: Vec<_> = text
            .chunks(CHUNK_BYTES)
            .map(|part| Ok(pb::ExportCatalogueResponse { content: part.to_vec() }))
            .collect();
        Ok(Box::pin(futures::stream::iter(parts)))
    }
}

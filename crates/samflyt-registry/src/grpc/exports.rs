//! `ExportTenant` and `ExportCatalogue`.

use samflyt_events::{Reason, Refusal};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;

use super::catalogue::Files;
use crate::Registry;

impl Registry {
    pub(super) async fn export_tenant(
        &self,
        _caller: Caller,
        _request: pb::ExportTenantRequest,
    ) -> Result<Files<pb::ExportTenantResponse>, Refusal> {
        Err(Refusal::new(Reason::RequestInvalid, "not built yet"))
    }

    pub(super) async fn export_catalogue(
        &self,
        _caller: Caller,
        _request: pb::ExportCatalogueRequest,
    ) -> Result<Files<pb::ExportCatalogueResponse>, Refusal> {
        Err(Refusal::new(Reason::RequestInvalid, "not built yet"))
    }
}

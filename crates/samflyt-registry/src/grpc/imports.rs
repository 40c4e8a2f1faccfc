//! `ImportTenant`.

use samflyt_events::{Reason, Refusal};
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;
use tonic::Streaming;

use crate::Registry;

impl Registry {
    pub(super) async fn import_tenant(
        &self,
        _caller: Caller,
        _files: Streaming<pb::ImportTenantRequest>,
    ) -> Result<pb::ImportTenantResponse, Refusal> {
        Err(Refusal::new(Reason::RequestInvalid, "not built yet"))
    }
}

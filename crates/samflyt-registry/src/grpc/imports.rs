//! `ImportTenant`.

use samflyt_events::Refusal;
use samflyt_events::catalogue::Scope;
use samflyt_proto::registry as pb;
use samflyt_runtime::Caller;
use tonic::Streaming;

use crate::{Registry, transfer};

impl Registry {
    pub(super) async fn import_tenant(
        &self,
        caller: Caller,
        files: Streaming<pb::ImportTenantRequest>,
    ) -> Result<pb::ImportTenantResponse, Refusal> {
        caller.require_for_all(&self.deps.feed.get(), Scope::Admin)?;
        transfer::import(self, files).await
    }
}

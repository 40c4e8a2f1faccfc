//! `GetContractUse`.

use std::sync::Arc;

use samflyt_events::{Reason, Refusal};
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;

use crate::Lineage;

impl Lineage {
    pub(super) async fn contract_use(
        self: &Arc<Self>,
        _caller: Caller,
        _request: pb::GetContractUseRequest,
    ) -> Result<pb::GetContractUseResponse, Refusal> {
        Err(Refusal::new(Reason::RequestInvalid, "not built yet"))
    }
}

//! `GetOverview`.

use std::sync::Arc;

use samflyt_events::{Reason, Refusal};
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;

use crate::Lineage;

impl Lineage {
    pub(super) async fn overview(
        self: &Arc<Self>,
        _caller: Caller,
        _request: pb::GetOverviewRequest,
    ) -> Result<pb::GetOverviewResponse, Refusal> {
        Err(Refusal::new(Reason::RequestInvalid, "not built yet"))
    }
}

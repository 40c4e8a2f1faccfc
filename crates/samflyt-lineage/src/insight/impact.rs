//! `AnalyzeImpact`.

use std::sync::Arc;

use samflyt_events::{Reason, Refusal};
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;

use crate::Lineage;

impl Lineage {
    pub(super) async fn impact(
        self: &Arc<Self>,
        _caller: Caller,
        _request: pb::AnalyzeImpactRequest,
    ) -> Result<pb::AnalyzeImpactResponse, Refusal> {
        Err(Refusal::new(Reason::RequestInvalid, "not built yet"))
    }
}

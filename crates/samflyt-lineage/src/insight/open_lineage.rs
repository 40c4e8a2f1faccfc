//! `ExportOpenLineage`.

use std::sync::Arc;

use samflyt_events::{Reason, Refusal};
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;

use crate::Lineage;
use crate::grpc::Answers;

impl Lineage {
    pub(super) async fn open_lineage(
        self: &Arc<Self>,
        _caller: Caller,
        _request: pb::ExportOpenLineageRequest,
    ) -> Result<Answers<pb::ExportOpenLineageResponse>, Refusal> {
        Err(Refusal::new(Reason::RequestInvalid, "not built yet"))
    }
}

//! `FindCollectedTwice`.

use std::sync::Arc;

use samflyt_events::{Reason, Refusal};
use samflyt_proto::lineage as pb;
use samflyt_runtime::Caller;

use crate::Lineage;
use crate::grpc::Answers;

impl Lineage {
    pub(super) async fn collected_twice(
        self: &Arc<Self>,
        _caller: Caller,
        _request: pb::FindCollectedTwiceRequest,
    ) -> Result<Answers<pb::FindCollectedTwiceResponse>, Refusal> {
        Err(Refusal::new(Reason::RequestInvalid, "not built yet"))
    }
}

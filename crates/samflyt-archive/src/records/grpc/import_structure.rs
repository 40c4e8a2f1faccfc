//! `ImportStructure`.

use samflyt_events::{Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;
use serde_json::Value;

use super::{Service, actor, refusal};
use crate::records::decide::structure;
use crate::records::{NotCarried, new_id};

impl Service {
    pub(super) async fn import_structure(
        &self,
        caller: Caller,
        tenant: TenantId,
        request: pb::ImportStructureRequest,
    ) -> Result<pb::ImportStructureResponse, Refusal> {
        let (by, now) = (actor(&caller), self.0.deps.clock.now());
        let decide = |records: &_| structure::import(records, &request.structure, &by, now, &mut new_id);
        let answer = if request.dry_run {
            decide(&self.0.recorder.records(&tenant).await?).map_err(refusal)?.answer
        } else {
            let cause = format!("structure:{}", new_id());
            let carried = self.0.recorder.carry_out(&tenant, &cause, &by, decide).await;
            let carried = carried.map_err(|failed| match failed {
                NotCarried::Refused(trouble) => refusal(trouble),
                NotCarried::Unavailable(refusal) => refusal,
            })?;
            carried.answer
        };
        let count = |member: &str| answer.get(member).and_then(Value::as_u64).unwrap_or_default();
        Ok(pb::ImportStructureResponse { created: count("created"), changed: count("changed") })
    }
}

//! `DisposeDocuments`.

use samflyt_events::{Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;
use serde_json::Value;

use super::{Service, archivist, short};
use crate::casework::removal::Removed;
use crate::documents::Digest;
use crate::records::decide::disposal::{Disposal, dispose};
use crate::records::{list, new_id, refusal};

impl Service {
    pub(super) async fn dispose_documents(
        &self,
        caller: Caller,
        tenant: TenantId,
        request: pb::DisposeDocumentsRequest,
    ) -> Result<pb::DisposeDocumentsResponse, Refusal> {
        let by = archivist(&caller, &request.by)?;
        let disposal = Disposal {
            registreringer: &request.registreringer,
            decision: short("/decision", &request.decision)?,
            by: &by,
            now: self.0.deps.clock.now(),
        };
        let decide = |records: &_| dispose(records, &disposal, &mut new_id);
        if request.dry_run {
            let decided = decide(&self.0.recorder.records(&tenant).await?).map_err(refusal)?;
            return Ok(told(&decided.answer, Removed::default()));
        }
        let (_, answer) = self.carry(&tenant, &by, decide).await?;
        let released: Vec<Digest> =
            list(&answer, "released").iter().filter_map(|one| Digest::parse(one.as_str()?).ok()).collect();
        // It is decided and in the log: a file that cannot be removed now is removed later.
        let removed = self.0.remove_released(&tenant, &released, disposal.now).await;
        let none = Removed { removed: 0, waiting: released.len() as u64 };
        Ok(told(&answer, removed.unwrap_or(none)))
    }
}

fn told(answer: &Value, files: Removed) -> pb::DisposeDocumentsResponse {
    pb::DisposeDocumentsResponse {
        registreringer: count(answer, "registreringer"),
        documents: count(answer, "documents"),
        files_released: list(answer, "released").len() as u64,
        files_kept: count(answer, "kept"),
        files_removed: files.removed,
        files_waiting: files.waiting,
    }
}

fn count(answer: &Value, member: &str) -> u64 {
    answer.get(member).and_then(Value::as_u64).unwrap_or_default()
}

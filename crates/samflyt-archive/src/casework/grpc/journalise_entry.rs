//! `JournaliseEntry`.

use samflyt_events::{Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;

use super::{Service, archivist, reference};
use crate::records::decide::quality::{Work, journalise};
use crate::records::new_id;

impl Service {
    pub(super) async fn journalise_entry(
        &self,
        caller: Caller,
        tenant: TenantId,
        request: pb::JournaliseEntryRequest,
    ) -> Result<pb::JournaliseEntryResponse, Refusal> {
        let (by, entry) = (archivist(&caller, &request.by)?, reference(request.entry.as_ref()));
        let work = Work { entry: &entry, by: &by, now: self.0.deps.clock.now() };
        let decide = |records: &_| journalise(records, &work, request.archived, &mut new_id);
        let entry = self.work(&tenant, &entry, &by, decide).await?;
        Ok(pb::JournaliseEntryResponse { entry: Some(entry) })
    }
}

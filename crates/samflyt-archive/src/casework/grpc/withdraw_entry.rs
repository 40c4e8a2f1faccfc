//! `WithdrawEntry`.

use samflyt_events::{Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_runtime::Caller;

use super::{Service, archivist, reference, short};
use crate::records::decide::quality::{Work, withdraw};
use crate::records::new_id;

impl Service {
    pub(super) async fn withdraw_entry(
        &self,
        caller: Caller,
        tenant: TenantId,
        request: pb::WithdrawEntryRequest,
    ) -> Result<pb::WithdrawEntryResponse, Refusal> {
        let (by, entry) = (archivist(&caller, &request.by)?, reference(request.entry.as_ref()));
        let reason = short("/reason", &request.reason)?;
        let work = Work { entry: &entry, by: &by, now: self.0.deps.clock.now() };
        let decide = |records: &_| withdraw(records, &work, reason, &mut new_id);
        let entry = self.work(&tenant, &entry, &by, decide).await?;
        Ok(pb::WithdrawEntryResponse { entry: Some(entry) })
    }
}

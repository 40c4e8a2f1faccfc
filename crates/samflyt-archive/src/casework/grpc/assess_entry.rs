//! `AssessEntry`.

use samflyt_events::{Refusal, TenantId};
use samflyt_proto::archive as pb;
use samflyt_proto::archive::assess_entry_request::Skjerming as Asked;
use samflyt_runtime::Caller;

use super::{Service, archivist, reference, short};
use crate::records::decide::quality::{Assessment, Skjerming, Work, assess};
use crate::records::new_id;

impl Service {
    pub(super) async fn assess_entry(
        &self,
        caller: Caller,
        tenant: TenantId,
        request: pb::AssessEntryRequest,
    ) -> Result<pb::AssessEntryResponse, Refusal> {
        let (by, entry) = (archivist(&caller, &request.by)?, reference(request.entry.as_ref()));
        let title = short("/offentlig_tittel", &request.offentlig_tittel)?;
        let skjerming = match &request.skjerming {
            None | Some(Asked::Unshield(false)) => Skjerming::Kept,
            Some(Asked::Unshield(true)) => Skjerming::Removed,
            Some(Asked::Shield(shield)) => {
                let code = short("/skjerming/tilgangsrestriksjon", &shield.tilgangsrestriksjon)?.to_owned();
                self.code_is_listed(&code)?;
                let basis = short("/skjerming/skjermingshjemmel", &shield.skjermingshjemmel)?.to_owned();
                Skjerming::Set { code, basis }
            }
        };
        let public_title = Some(title.to_owned()).filter(|title| !title.is_empty());
        let assessment = Assessment { skjerming, public_title };
        let work = Work { entry: &entry, by: &by, now: self.0.deps.clock.now() };
        let decide = |records: &_| assess(records, &work, &assessment, &mut new_id);
        let entry = self.work(&tenant, &entry, &by, decide).await?;
        Ok(pb::AssessEntryResponse { entry: Some(entry) })
    }
}

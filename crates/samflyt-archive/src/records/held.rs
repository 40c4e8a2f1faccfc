//! Which records hold which documents.

use samflyt_events::{Refusal, TenantId};
use samflyt_noark::unit::Kind;
use samflyt_projection::StoreError;
use samflyt_proto::archive::Holder;

use super::Records;
use crate::{Archive, Digest};

/// Records of one document that are named.
const HOLDERS_MAX: usize = 100;

/// What a tenant's records hold.
pub(crate) struct Held(Records);

impl Archive {
    /// # Errors
    /// As [`super::Recorder::records`].
    pub(crate) async fn held(&self, tenant: &TenantId) -> Result<Held, Refusal> {
        self.recorder.records(tenant).await.map(Held)
    }
}

impl Held {
    /// The documents that records refer to whose digests begin with a byte, ascending.
    pub fn digests(&self, fan: u8) -> Result<Vec<Digest>, StoreError> {
        self.0.held(fan)
    }

    /// The records that refer to a document.
    pub fn holders(&self, digest: Digest) -> Result<Vec<Holder>, StoreError> {
        let mut holders = Vec::new();
        for system_id in self.0.holders(&digest.to_string()).take(HOLDERS_MAX) {
            let system_id = system_id?;
            let Some(stored) = self.0.unit(Kind::Registrering, &system_id)? else { continue };
            let parent = stored.unit.parent.as_deref().unwrap_or_default();
            let mappe = self.0.unit(Kind::Mappe, parent)?;
            let text = |found: Option<&str>| found.unwrap_or_default().to_owned();
            holders.push(Holder {
                system_id,
                registrerings_id: text(stored.unit.text("/registreringsID")),
                mappe_id: text(mappe.as_ref().and_then(|mappe| mappe.unit.text("/mappeID"))),
            });
        }
        Ok(holders)
    }
}

//! What an upload is known by.

use samflyt_events::TenantId;

use crate::documents::digest::Digest;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PartName {
    pub tenant: TenantId,
    pub digest: Digest,
    pub size: u64,
    /// Who sends it, as a short digest.
    party: String,
}

impl PartName {
    /// `party` says who sends it; any text.
    pub fn new(tenant: TenantId, digest: Digest, size: u64, party: &str) -> Self {
        let party = Digest::of(party.as_bytes()).to_string()[..16].to_owned();
        Self { tenant, digest, size, party }
    }

    pub(super) fn file(&self) -> String {
        format!("{}.{}.{}.part", self.digest, self.size, self.party)
    }
}

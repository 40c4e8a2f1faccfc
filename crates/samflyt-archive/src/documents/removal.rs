//! Removing documents that no record refers to any more, by disposal.
//!
//! Kept true: what somebody sent after its release stays, and so does for a while what somebody was told is here; nothing
//! is remembered of what was removed, so that nobody misses it. Broken off anywhere, it is finished by doing it again.

use samflyt_events::TenantId;
use time::{Duration, OffsetDateTime};
use tokio::sync::OwnedRwLockWriteGuard;

use crate::documents::digest::Digest;
use crate::documents::error::StoreError;
use crate::documents::locks::Referring;
use crate::documents::{DocumentStore, Fact};

/// What became of a document that was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    Removed,
    /// It was removed before.
    Gone,
    /// It was sent again since: it waits for a record of its own.
    SentAgain,
    /// Somebody who has it was told that it is here: it is removed later.
    Promised,
}

impl DocumentStore {
    /// Keeps documents from being removed until the record that refers to them is there: taken before they are looked up.
    pub async fn refer(&self, tenant: &TenantId) -> Referring {
        self.references.refer(tenant).await
    }

    /// Keeps documents from being referred to until it is known whether they were removed.
    pub async fn begin_removal(&self, tenant: &TenantId) -> OwnedRwLockWriteGuard<()> {
        self.references.remove(tenant).await
    }

    /// Removes a document that no record refers to, and all that is known of it.
    ///
    /// # Errors
    /// [`StoreError`] where that cannot be done now.
    pub async fn remove_released(
        &self,
        tenant: &TenantId,
        digest: Digest,
        released_at: OffsetDateTime,
    ) -> Result<Removal, StoreError> {
        let room = self.rooms.of(tenant).await?;
        let _one = self.locks.lock(tenant, digest).await;
        let stored = self.documents.find(tenant, digest).await?;
        let fact = self.facts.get(tenant, digest).await?;
        let finding = room.finding(digest);
        if stored.is_none() && fact.is_none() && finding.is_none() {
            return Ok(Removal::Gone);
        }
        let stored_at = fact.as_ref().map(|fact| fact.stored_at).or(stored.map(|stored| stored.at));
        if stored_at.is_some_and(|at| at > released_at) {
            return Ok(Removal::SentAgain);
        }
        if fact.as_ref().is_some_and(|fact| self.is_promised(fact)) {
            return Ok(Removal::Promised);
        }
        // First what is known: a document that is known and not there is missed.
        self.facts.remove(tenant, digest).await?;
        let size = stored.map(|stored| stored.size).or(finding.map(|finding| finding.size));
        if stored.is_some() {
            self.documents.remove(tenant, digest).await?;
        }
        if let Some(size) = size {
            room.forget(digest, size).await?;
        }
        Ok(Removal::Removed)
    }

    /// Whether who was told that it is here may still come to refer to it: as long as an upload that broke off is kept.
    fn is_promised(&self, fact: &Fact) -> bool {
        let kept = Duration::seconds(self.config.upload_kept_s.into());
        fact.promised_at.is_some_and(|at| at + kept > self.deps.clock.now())
    }
}

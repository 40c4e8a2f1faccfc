//! The files of documents that were disposed of.
//!
//! Consumes what the records say was released; gives how many files went. Kept true: the log comes first, the file after it,
//! so that a file that is gone has its reason on record.

use std::sync::Arc;

use samflyt_events::{Refusal, TenantId};
use time::OffsetDateTime;

use crate::Archive;
use crate::documents::{Digest, Removal};
use crate::records::{Records, unreadable};

/// What became of released files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Removed {
    pub removed: u64,
    /// They stay for a while.
    pub waiting: u64,
}

impl Archive {
    /// Removes all files of a tenant that were released and are there still, and no record refers to.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`: what is left is removed the next time.
    pub(super) async fn remove_released(&self, tenant: &TenantId) -> Result<Removed, Refusal> {
        let records = self.recorder.settled(tenant).await?;
        let mut done = Removed::default();
        for released in records.released() {
            let (digest, at) = released.map_err(unreadable)?;
            // One that is no digest was in no store.
            let Ok(digest) = Digest::parse(&digest) else { continue };
            match self.remove_one(&records, digest, at).await? {
                Some(Removal::Removed) => done.removed += 1,
                Some(Removal::Promised) => done.waiting += 1,
                Some(Removal::Gone | Removal::SentAgain) | None => {}
            }
        }
        if done.removed > 0 {
            tracing::info!(%tenant, removed = done.removed, waiting = done.waiting, "files of documents that were disposed of were removed");
        }
        Ok(done)
    }

    /// None: a record refers to it again.
    async fn remove_one(
        &self,
        records: &Records,
        digest: Digest,
        at: OffsetDateTime,
    ) -> Result<Option<Removal>, Refusal> {
        let tenant = &records.tenant;
        let _nobody_refers = self.documents.begin_removal(tenant).await;
        if records.holders(&digest.to_string()).next().transpose().map_err(unreadable)?.is_some() {
            return Ok(None);
        }
        Ok(Some(self.documents.remove_released(tenant, digest, at).await?))
    }

    /// Finishes at the start what a process before this one released and did not come to remove.
    pub(super) fn remove_what_was_left(self: &Arc<Self>) {
        let (archive, stop) = (Arc::clone(self), self.lifecycle.services.clone());
        self.lifecycle.spawn("archive files disposed of", async move {
            let feed = archive.deps.feed.clone();
            feed.for_each_tenant(stop.clone(), |tenant| {
                let (archive, stop) = (Arc::clone(&archive), stop.clone());
                archive.lifecycle.clone().tasks().spawn(async move {
                    let removing = archive.remove_released(&tenant);
                    if let Some(Err(refusal)) = stop.run_until_cancelled(removing).await {
                        let reason = refusal.reason.as_str();
                        tracing::warn!(%tenant, reason, "files of documents that were disposed of are removed at the next disposal or start");
                    }
                });
            })
            .await;
            Ok::<(), String>(())
        });
    }
}

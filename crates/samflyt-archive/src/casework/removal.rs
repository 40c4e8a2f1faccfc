//! The files of documents that were disposed of.
//!
//! Consumes what the records say was released; gives how many files went. Kept true: the log comes first, the file after it,
//! so that a file that is gone has its reason on record. What was ever released is gone through once in the life of a
//! process; after that only what is new, or was left waiting.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use samflyt_events::{Refusal, TenantId};
use time::OffsetDateTime;
use tokio::sync::Mutex as AsyncMutex;

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

/// One tenant's released files that are there still, as far as is known, each with when it was released.
#[derive(Debug, Default)]
struct Released {
    /// Whether all that was ever released was gone through.
    all_seen: bool,
    files: BTreeMap<Digest, OffsetDateTime>,
}

/// The released files of all tenants; one at a time removes those of a tenant.
#[derive(Debug, Default)]
pub(crate) struct ReleasedFiles(Mutex<HashMap<TenantId, Arc<AsyncMutex<Released>>>>);

impl Archive {
    /// Removes what was released now, and what was left before.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`, `STORE_UNAVAILABLE`: what is left is removed the next time.
    pub(super) async fn remove_released(
        &self,
        tenant: &TenantId,
        now: &[Digest],
        at: OffsetDateTime,
    ) -> Result<Removed, Refusal> {
        let released = Arc::clone(self.released.0.lock().entry(tenant.clone()).or_default());
        let mut released = released.lock().await;
        let mut done = Removed::default();
        if released.all_seen {
            let records = self.recorder.records(tenant).await?;
            released.files.extend(now.iter().map(|digest| (*digest, at)));
            let files: Vec<_> = released.files.iter().map(|(digest, at)| (*digest, *at)).collect();
            for (digest, at) in files {
                self.remove_one(&records, digest, at, &mut released, &mut done).await?;
            }
        } else {
            let records = self.recorder.settled(tenant).await?;
            for file in records.released() {
                let (digest, at) = file.map_err(unreadable)?;
                // One that is no digest was in no store.
                let Ok(digest) = Digest::parse(&digest) else { continue };
                self.remove_one(&records, digest, at, &mut released, &mut done).await?;
            }
            released.all_seen = true;
        }
        if done != Removed::default() {
            let Removed { removed, waiting } = done;
            tracing::info!(%tenant, removed, waiting, "files of documents that were disposed of were removed");
        }
        Ok(done)
    }

    async fn remove_one(
        &self,
        records: &Records,
        digest: Digest,
        at: OffsetDateTime,
        released: &mut Released,
        done: &mut Removed,
    ) -> Result<(), Refusal> {
        let tenant = &records.tenant;
        let _nobody_refers = self.documents.begin_removal(tenant).await;
        let holder = records.holders(&digest.to_string()).next().transpose().map_err(unreadable)?;
        let removal = match holder {
            Some(_) => Removal::SentAgain,
            None => self.documents.remove_released(tenant, digest, at).await?,
        };
        if removal == Removal::Promised {
            released.files.insert(digest, at);
            done.waiting += 1;
        } else {
            released.files.remove(&digest);
            done.removed += u64::from(removal == Removal::Removed);
        }
        Ok(())
    }

    /// Finishes at the start what a process before this one released and did not come to remove.
    pub(super) fn remove_what_was_left(self: &Arc<Self>) {
        let (archive, stop) = (Arc::clone(self), self.lifecycle.services.clone());
        self.lifecycle.spawn("archive files disposed of", async move {
            let feed = archive.deps.feed.clone();
            feed.for_each_tenant(stop.clone(), |tenant| {
                let (archive, stop) = (Arc::clone(&archive), stop.clone());
                archive.lifecycle.clone().tasks().spawn(async move {
                    let at = archive.deps.clock.now();
                    let removing = archive.remove_released(&tenant, &[], at);
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

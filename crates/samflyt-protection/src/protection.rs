//! One tenant's protection: what it stands on, and what it knows.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;
use samflyt_events::TenantId;
use samflyt_events::personal::IdentityPolicy;
use samflyt_log::{Follow, Log};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::bucket::{Bucket, Key, erased_of, stream_name};
use crate::cache::Cache;
use crate::error::StoreError;
use crate::keys::KeyProvider;
use crate::mark::{KeyPosition, StoreId};
use crate::subject::{Person, Pseudonym, Secrets};

/// How a tenant is protected.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProtectionConfig {
    /// Which identity numbers the tenant takes.
    pub identity_numbers: IdentityPolicy,
    /// How many keys are kept in memory; about 1 kB each.
    pub cached_keys_max: usize,
}

impl Default for ProtectionConfig {
    fn default() -> Self {
        Self { identity_numbers: IdentityPolicy::default(), cached_keys_max: 100_000 }
    }
}

/// What is known of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub pseudonym: Pseudonym,
    /// The retention classes that the person has keys of.
    pub classes: Vec<String>,
}

/// Seals, opens and erases for one tenant.
pub struct Protection {
    pub(crate) tenant: TenantId,
    pub(crate) config: ProtectionConfig,
    pub(crate) log: Log,
    pub(crate) bucket: Bucket,
    pub(crate) provider: Arc<dyn KeyProvider>,
    pub(crate) secrets: Secrets,
    pub(crate) store: StoreId,
    pub(crate) cache: Mutex<Cache>,
    connections: watch::Receiver<u64>,
    is_followed: AtomicBool,
    /// The highest revision of the bucket that was seen.
    seen: AtomicU64,
}

impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protection").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

impl Protection {
    pub(crate) fn new(
        tenant: TenantId,
        config: ProtectionConfig,
        log: Log,
        bucket: Bucket,
        provider: Arc<dyn KeyProvider>,
        (store, secrets): (StoreId, Secrets),
    ) -> Self {
        let cache = Mutex::new(Cache::new(config.cached_keys_max));
        let connections = log.connections();
        let (is_followed, seen) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { tenant, config, log, bucket, provider, secrets, store, cache, connections, is_followed, seen }
    }

    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// How far the key store had come, as it is known here: no lower than any key that was used. Goes with each sealed
    /// event, so that a key store that is older than the log is told at the start.
    pub fn position(&self) -> KeyPosition {
        KeyPosition { store: self.store, revision: self.seen.load(Ordering::Relaxed) }
    }

    /// What is known of a person; none where nothing is, or no longer.
    ///
    /// # Errors
    /// [`StoreError`] where the key store does not answer.
    pub async fn known(&self, person: &Person) -> Result<Option<Known>, StoreError> {
        let lookup = self.secrets.lookup(person);
        let Some(held) = self.bucket.get(&Key::Person(lookup)).await? else { return Ok(None) };
        let record = self.open_record(lookup, &held)?;
        Ok(Some(Known { pseudonym: record.pseudonym, classes: record.keys.into_keys().collect() }))
    }

    /// Follows the key store until `end`: what others destroy leaves the cache. Nothing is cached while it does not run.
    pub async fn follow(&self, end: CancellationToken) {
        let after = self.seen.load(Ordering::Relaxed);
        let stream = stream_name(&self.tenant);
        let mut follower = self.log.follow(Follow { stream, after, headers_only: true });
        self.is_followed.store(true, Ordering::Release);
        loop {
            tokio::select! {
                () = end.cancelled() => break,
                entry = follower.next() => {
                    self.saw(entry.sequence);
                    if let Some(id) = erased_of(&entry.subject) {
                        self.cache.lock().forget(&id);
                    }
                }
            }
        }
        self.is_followed.store(false, Ordering::Release);
    }

    pub(crate) fn saw(&self, revision: u64) {
        self.seen.fetch_max(revision, Ordering::Relaxed);
    }

    /// The connection over which news of destroyed keys come; none where none would, so that nothing may be cached.
    pub(crate) fn news(&self) -> Option<u64> {
        self.is_followed.load(Ordering::Acquire).then(|| *self.connections.borrow())
    }

    pub(crate) fn damaged(&self) -> StoreError {
        StoreError::Damaged(self.tenant.clone())
    }
}

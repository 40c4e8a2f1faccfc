//! One at a time for each document: storing it and judging it.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use samflyt_events::TenantId;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::documents::digest::Digest;

type Held = HashMap<(TenantId, Digest), Weak<AsyncMutex<()>>>;

#[derive(Debug, Default)]
pub(crate) struct DocumentLocks(Mutex<Held>);

impl DocumentLocks {
    /// Waits until nobody else holds the document.
    pub async fn lock(&self, tenant: &TenantId, digest: Digest) -> OwnedMutexGuard<()> {
        let lock = {
            let mut held = self.0.lock();
            if held.len() >= 1_024 {
                held.retain(|_, lock| lock.strong_count() > 0);
            }
            let entry = held.entry((tenant.clone(), digest)).or_default();
            entry.upgrade().unwrap_or_else(|| {
                let lock = Arc::default();
                *entry = Arc::downgrade(&lock);
                lock
            })
        };
        lock.lock_owned().await
    }
}

//! One at a time for each document: storing it and judging it. And for each tenant: either some make records refer to
//! documents, or one removes what no record refers to.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use samflyt_events::TenantId;
use tokio::sync::{
    Mutex as AsyncMutex, OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock,
};

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

/// Held from before documents are looked up until the record that refers to them is there.
pub(crate) type Referring = OwnedRwLockReadGuard<()>;

#[derive(Debug, Default)]
pub(crate) struct ReferenceLocks(Mutex<HashMap<TenantId, Arc<RwLock<()>>>>);

impl ReferenceLocks {
    fn of(&self, tenant: &TenantId) -> Arc<RwLock<()>> {
        Arc::clone(self.0.lock().entry(tenant.clone()).or_default())
    }

    /// Waits until nobody removes documents of the tenant.
    pub async fn refer(&self, tenant: &TenantId) -> Referring {
        self.of(tenant).read_owned().await
    }

    /// Waits until nobody is about to refer to documents of the tenant.
    pub async fn remove(&self, tenant: &TenantId) -> OwnedRwLockWriteGuard<()> {
        self.of(tenant).write_owned().await
    }
}

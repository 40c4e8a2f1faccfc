//! What each tenant has: how many documents and bytes, and which of them are not good. Counted from the store once, when a
//! tenant is first met, and kept along from then on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::TryStreamExt;
use parking_lot::Mutex;
use samflyt_events::{Refusal, TenantId};
use tokio::sync::OnceCell;

use crate::config::Limits;
use crate::documents::cards::Cards;
use crate::documents::decide;
use crate::documents::digest::Digest;
use crate::documents::error::StoreError;
use crate::documents::known::{Finding, FindingKind};
use crate::documents::metrics::DocumentMetrics;
use crate::documents::store::Documents;

/// Documents that are in the store, or are known to be missing from it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub documents: u64,
    pub bytes: u64,
}

/// One tenant's part.
#[derive(Debug)]
pub(crate) struct Room {
    tenant: TenantId,
    totals: Mutex<Totals>,
    findings: Mutex<BTreeMap<Digest, Finding>>,
    cards: Arc<Cards<Finding>>,
    metrics: DocumentMetrics,
}

#[derive(Debug)]
pub(crate) struct Rooms {
    documents: Documents,
    findings: Arc<Cards<Finding>>,
    metrics: DocumentMetrics,
    rooms: Mutex<HashMap<TenantId, Arc<OnceCell<Arc<Room>>>>>,
}

impl Rooms {
    pub fn new(documents: Documents, findings: Cards<Finding>, metrics: DocumentMetrics) -> Self {
        Self { documents, findings: Arc::new(findings), metrics, rooms: Mutex::default() }
    }

    /// The room of a tenant that exists. The first time it is made ready, which reads the names of all its documents.
    pub async fn of(&self, tenant: &TenantId) -> Result<Arc<Room>, StoreError> {
        let cell = Arc::clone(self.rooms.lock().entry(tenant.clone()).or_default());
        cell.get_or_try_init(|| self.enter(tenant)).await.cloned()
    }

    async fn enter(&self, tenant: &TenantId) -> Result<Arc<Room>, StoreError> {
        self.documents.prepare(tenant).await?;
        let count = |mut totals: Totals, stored: crate::documents::store::Stored| {
            totals.documents += 1;
            totals.bytes += stored.size;
            futures::future::ready(Ok(totals))
        };
        let mut totals = self.documents.list(tenant).try_fold(Totals::default(), count).await?;
        let mut findings = BTreeMap::new();
        for fan in 0..=u8::MAX {
            for digest in self.findings.digests(tenant, fan).await? {
                let Some(finding) = self.findings.get(tenant, digest).await? else { continue };
                if finding.kind == FindingKind::Missing {
                    totals.documents += 1;
                    totals.bytes += finding.size;
                }
                findings.insert(digest, finding);
            }
        }
        let room = Room {
            tenant: tenant.clone(),
            totals: Mutex::new(totals),
            findings: Mutex::new(findings),
            cards: Arc::clone(&self.findings),
            metrics: self.metrics.clone(),
        };
        room.show();
        Ok(Arc::new(room))
    }
}

impl Room {
    pub fn totals(&self) -> Totals {
        *self.totals.lock()
    }

    pub fn finding(&self, digest: Digest) -> Option<Finding> {
        self.findings.lock().get(&digest).cloned()
    }

    /// Remembers what is wrong with a document; what was found first stays.
    pub async fn find(&self, digest: Digest, finding: Finding) -> Result<Finding, StoreError> {
        let known = self.finding(digest).filter(|known| known.kind == finding.kind);
        if let Some(known) = known {
            return Ok(known);
        }
        let kind = finding.kind.as_str();
        tracing::error!(tenant = %self.tenant, %digest, kind, detail = %finding.detail, "a document is not good");
        self.findings.lock().insert(digest, finding.clone());
        self.show();
        self.cards.put(&self.tenant, digest, &finding).await?;
        Ok(finding)
    }

    /// A document was found to be good.
    pub async fn clear(&self, digest: Digest) -> Result<(), StoreError> {
        if self.findings.lock().remove(&digest).is_some() {
            tracing::info!(tenant = %self.tenant, %digest, "a document is good again");
            self.show();
            self.cards.remove(&self.tenant, digest).await?;
        }
        Ok(())
    }

    /// A document that was counted, with its size, is no more.
    pub async fn forget(&self, digest: Digest, size: u64) -> Result<(), StoreError> {
        let finding = self.findings.lock().remove(&digest);
        if finding.is_some() {
            self.cards.remove(&self.tenant, digest).await?;
        }
        {
            let mut totals = self.totals.lock();
            totals.documents = totals.documents.saturating_sub(1);
            totals.bytes = totals.bytes.saturating_sub(size);
        }
        self.show();
        Ok(())
    }

    /// Takes room for a document, if there is some. Given back when dropped before it is [kept](Space::keep).
    pub fn take(self: &Arc<Self>, size: u64, limits: &Limits) -> Result<Space, Refusal> {
        let mut totals = self.totals.lock();
        decide::quota(totals.bytes, size, limits)?;
        totals.documents += 1;
        totals.bytes += size;
        Ok(Space { room: Arc::clone(self), taken: Totals { documents: 1, bytes: size } })
    }

    /// For a document that is counted already, as it was found not to be good.
    pub fn take_none(self: &Arc<Self>) -> Space {
        Space { room: Arc::clone(self), taken: Totals::default() }
    }

    fn show(&self) {
        self.metrics.show(&self.tenant, self.totals(), self.findings.lock().len());
    }
}

/// Room that was taken for a document on its way.
#[derive(Debug)]
pub(crate) struct Space {
    room: Arc<Room>,
    taken: Totals,
}

impl Space {
    pub fn keep(mut self) {
        self.taken = Totals::default();
        self.room.show();
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        let mut totals = self.room.totals.lock();
        totals.documents -= self.taken.documents;
        totals.bytes -= self.taken.bytes;
    }
}

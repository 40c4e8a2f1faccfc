//! Is a document good? What is known of it, or what reading it shows.
//!
//! Kept true: "good" is said of a document only if it is in the store with the size that it had when all of it was last
//! read and was good.

use std::sync::Arc;

use samflyt_events::{Reason, Refusal, TenantId};

use crate::documents::DocumentStore;
use crate::documents::digest::Digest;
use crate::documents::error::StoreError;
use crate::documents::known::{Fact, Finding};
use crate::documents::rooms::Room;
use crate::documents::store::{Broken, Stored};

/// What is to be said of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judged {
    Good(Fact),
    /// With what was known of it when it was good.
    Bad(Finding, Option<Fact>),
    /// There is none, and never was as far as is known.
    Unknown,
}

impl DocumentStore {
    /// Judges a document by what is known of it. One of which nothing is known but that it is there is read.
    pub async fn look_up(&self, tenant: &TenantId, digest: Digest) -> Result<Judged, StoreError> {
        let room = self.rooms.of(tenant).await?;
        let _one = self.locks.lock(tenant, digest).await;
        self.known(&room, tenant, digest).await
    }

    /// As [`DocumentStore::look_up`], for somebody who is told that it is here: from then on it stays for a while, also where
    /// no record refers to it any more.
    pub async fn promise(&self, tenant: &TenantId, digest: Digest) -> Result<Judged, StoreError> {
        let room = self.rooms.of(tenant).await?;
        let _one = self.locks.lock(tenant, digest).await;
        let judged = self.known(&room, tenant, digest).await?;
        if let Judged::Good(fact) = &judged {
            self.promised(tenant, digest, fact).await?;
        }
        Ok(judged)
    }

    /// Remembers a promise. By one who holds the document's lock.
    pub(crate) async fn promised(
        &self,
        tenant: &TenantId,
        digest: Digest,
        fact: &Fact,
    ) -> Result<(), StoreError> {
        let fact = Fact { promised_at: Some(self.deps.clock.now()), ..fact.clone() };
        self.facts.put(tenant, digest, &fact).await
    }

    /// The size of a document that is good; none where there is none.
    pub async fn good_size(&self, tenant: &TenantId, digest: Digest) -> Result<Option<u64>, StoreError> {
        match self.look_up(tenant, digest).await? {
            Judged::Good(fact) => Ok(Some(fact.size)),
            Judged::Bad(..) | Judged::Unknown => Ok(None),
        }
    }

    /// Judges a document by reading all of it.
    pub async fn verify(&self, tenant: &TenantId, digest: Digest) -> Result<Judged, StoreError> {
        let room = self.rooms.of(tenant).await?;
        let _one = self.locks.lock(tenant, digest).await;
        let stored = self.documents.find(tenant, digest).await?;
        let fact = self.facts.get(tenant, digest).await?;
        self.metrics.count_verified(tenant);
        self.judge(&room, tenant, digest, stored, fact).await
    }

    /// As [`DocumentStore::look_up`], by one who holds the document's lock.
    pub(crate) async fn known(
        &self,
        room: &Arc<Room>,
        tenant: &TenantId,
        digest: Digest,
    ) -> Result<Judged, StoreError> {
        let stored = self.documents.find(tenant, digest).await?;
        let fact = self.facts.get(tenant, digest).await?;
        if let Some(finding) = room.finding(digest) {
            return Ok(Judged::Bad(finding, fact));
        }
        match (stored, fact) {
            (Some(stored), Some(fact)) if stored.size == fact.size => Ok(Judged::Good(fact)),
            (stored, fact) => self.judge(room, tenant, digest, stored, fact).await,
        }
    }

    async fn judge(
        &self,
        room: &Arc<Room>,
        tenant: &TenantId,
        digest: Digest,
        stored: Option<Stored>,
        fact: Option<Fact>,
    ) -> Result<Judged, StoreError> {
        let expected = fact.as_ref().map(|fact| fact.size);
        let broken = match stored {
            None if fact.is_none() && room.finding(digest).is_none() => return Ok(Judged::Unknown),
            None => Broken::Missing,
            Some(Stored { size, .. }) if expected.is_some_and(|expected| expected != size) => {
                Broken::Damaged(format!("it has {size} bytes instead of {}", expected.unwrap_or_default()))
            }
            Some(Stored { size, at, .. }) => {
                match self.documents.read(tenant, digest, size, true).await?.check().await {
                    Ok(format) => {
                        let promised_at = fact.as_ref().and_then(|fact| fact.promised_at);
                        let stored_at = fact.map_or(at, |fact| fact.stored_at);
                        let verified_at = self.deps.clock.now();
                        let fact = Fact { size, format, stored_at, verified_at, promised_at };
                        self.facts.put(tenant, digest, &fact).await?;
                        room.clear(digest).await?;
                        return Ok(Judged::Good(fact));
                    }
                    Err(broken) => broken,
                }
            }
        };
        let size = expected.or(stored.map(|stored| stored.size)).unwrap_or_default();
        let finding = room.find(digest, Finding::new(&broken, size, self.deps.clock.now())).await?;
        Ok(Judged::Bad(finding, fact))
    }
}

/// A document that cannot be given, as it is not what it was.
pub(crate) fn damaged(digest: Digest, finding: &Finding) -> Refusal {
    let (kind, detail) = (finding.kind.as_str(), &finding.detail);
    let message = format!(
        "the document {digest} is {kind}: {detail}; it is not given out; \
         restore it from a backup and verify it, or upload it again"
    );
    Refusal::new(Reason::DocumentDamaged, message)
}

/// There is no such document.
pub(crate) fn not_found(digest: Digest) -> Refusal {
    Refusal::of_field(
        Reason::NotFound,
        "/sha256",
        format!("names no document of this municipality: {digest}"),
        "upload it first",
    )
}

//! Reading documents again: all of a tenant's, or a part of them.
//!
//! Consumes the store and what is remembered of it; gives progress and findings as they come. Kept true: every document
//! that the store holds is read, and every one that is remembered or held by a record and not there is named, with the records
//! that hold it.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use samflyt_events::{Refusal, TenantId};
use samflyt_proto::archive::Holder;
use time::OffsetDateTime;
use tokio::sync::mpsc;

use crate::documents::DocumentStore;
use crate::documents::digest::Digest;
use crate::documents::judge::{Judged, not_found};
use crate::documents::known::Finding;
use crate::documents::rooms::Totals;
use crate::documents::store::Broken;
use crate::records::{Held, unreadable};

/// Progress is told after so many documents, or so many bytes.
const STRIDE_DOCUMENTS: u64 = 256;
const STRIDE_BYTES: u64 = 256 * 1024 * 1024;

/// Which documents are read.
#[derive(Debug, Clone)]
pub(crate) enum Extent {
    All,
    /// Those that were not verified since.
    NotSince(OffsetDateTime),
    These(BTreeSet<Digest>),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub done: Totals,
    pub findings: u64,
    /// As known when the verification began.
    pub total: Totals,
}

/// What is told of a verification on its way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Progress(Progress),
    Finding(Digest, Finding, Vec<Holder>),
    /// The last.
    Done(Progress),
}

/// Where it is told. Closed when nobody listens any more.
pub(crate) type Listener = mpsc::Sender<Result<Told, Refusal>>;

/// Nobody listens any more.
#[derive(Debug)]
struct Gone;

struct Verification<'a> {
    store: &'a DocumentStore,
    tenant: &'a TenantId,
    held: &'a Held,
    /// Whether the caller named the documents.
    named: bool,
    listener: &'a Listener,
    progress: Progress,
    told: Totals,
}

impl DocumentStore {
    /// Verifies, and tells of it until it is done or nobody listens.
    pub async fn verify_extent(&self, tenant: &TenantId, extent: Extent, held: &Held, listener: Listener) {
        let mut verification = Verification {
            store: self,
            tenant,
            held,
            named: matches!(extent, Extent::These(_)),
            listener: &listener,
            progress: Progress::default(),
            told: Totals::default(),
        };
        let last = match verification.run(extent).await {
            Ok(Ok(())) => Ok(Told::Done(verification.progress)),
            Ok(Err(Gone)) => return,
            Err(refusal) => Err(refusal),
        };
        // Whoever has gone does not wait for the end.
        let _ = listener.send(last).await;
    }
}

impl Verification<'_> {
    async fn run(&mut self, extent: Extent) -> Result<Result<(), Gone>, Refusal> {
        let room = self.store.rooms.of(self.tenant).await?;
        self.progress.total = room.totals();
        let since = match extent {
            Extent::These(digests) => return self.these(digests).await,
            Extent::NotSince(since) => Some(since),
            Extent::All => None,
        };
        // One folder after the other, so that no more than a part of the names is in memory.
        for fan in 0..=u8::MAX {
            let mut digests: BTreeSet<Digest> =
                self.store.facts.digests(self.tenant, fan).await?.into_iter().collect();
            let stored = self.store.documents.list_fan(self.tenant, fan);
            digests.extend(stored.map_ok(|stored| stored.digest).try_collect::<Vec<_>>().await?);
            digests.extend(self.held.digests(fan).map_err(unreadable)?);
            for digest in digests {
                if self.is_new_enough(digest, since).await? {
                    continue;
                }
                if self.one(digest).await?.is_err() {
                    return Ok(Err(Gone));
                }
            }
        }
        Ok(Ok(()))
    }

    async fn these(&mut self, digests: BTreeSet<Digest>) -> Result<Result<(), Gone>, Refusal> {
        self.progress.total = Totals { documents: digests.len() as u64, bytes: 0 };
        for digest in digests {
            if self.one(digest).await?.is_err() {
                return Ok(Err(Gone));
            }
        }
        Ok(Ok(()))
    }

    async fn is_new_enough(&self, digest: Digest, since: Option<OffsetDateTime>) -> Result<bool, Refusal> {
        let Some(since) = since else { return Ok(false) };
        let fact = self.store.facts.get(self.tenant, digest).await?;
        Ok(fact.is_some_and(|fact| fact.verified_at >= since))
    }

    async fn one(&mut self, digest: Digest) -> Result<Result<(), Gone>, Refusal> {
        let judged = self.store.verify(self.tenant, digest).await?;
        self.progress.done.documents += 1;
        let told = match judged {
            Judged::Good(fact) => {
                self.progress.done.bytes += fact.size;
                None
            }
            Judged::Bad(finding, _) => {
                self.progress.done.bytes += finding.size;
                Some(Told::Finding(digest, finding, self.holders(digest)?))
            }
            Judged::Unknown => match self.holders(digest)? {
                // It was disposed of since it was listed.
                holders if holders.is_empty() && !self.named => {
                    self.progress.done.documents -= 1;
                    return Ok(Ok(()));
                }
                holders if holders.is_empty() => return Err(not_found(digest)),
                holders => {
                    let now = self.store.deps.clock.now();
                    Some(Told::Finding(digest, Finding::new(&Broken::Missing, 0, now), holders))
                }
            },
        };
        self.progress.findings += u64::from(told.is_some());
        if let Some(told) = told
            && self.tell(told).await.is_err()
        {
            return Ok(Err(Gone));
        }
        let done = self.progress.done;
        let is_due = done.documents - self.told.documents >= STRIDE_DOCUMENTS
            || done.bytes - self.told.bytes >= STRIDE_BYTES;
        if is_due {
            self.told = done;
            return Ok(self.tell(Told::Progress(self.progress)).await);
        }
        Ok(if self.listener.is_closed() { Err(Gone) } else { Ok(()) })
    }

    fn holders(&self, digest: Digest) -> Result<Vec<Holder>, Refusal> {
        self.held.holders(digest).map_err(unreadable)
    }

    async fn tell(&self, told: Told) -> Result<(), Gone> {
        self.listener.send(Ok(told)).await.map_err(|_| Gone)
    }
}

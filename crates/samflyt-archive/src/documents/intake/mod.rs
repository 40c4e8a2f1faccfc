//! The one way in, whatever the transport: claim → decide → pieces → store → receipt.

mod arriving;
mod publish;
mod receipt;

use std::sync::Arc;

use bytes::Bytes;
use samflyt_events::{Reason, Refusal, TenantId};
use samflyt_runtime::Caller;

use crate::documents::decide;
use crate::documents::digest::Digest;
use crate::documents::judge::Judged;
use crate::documents::rooms::Room;
use crate::documents::staging::{Part, PartName};
use crate::documents::{DocumentStore, error::StoreError};
use crate::door;

pub(crate) use arriving::Arrived;
pub(crate) use publish::{broken_off, stopping};
pub(crate) use receipt::{Receipt, document, finding};

/// What a sender says of a document before its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub tenant: TenantId,
    pub digest: Digest,
    pub size: u64,
}

impl Claim {
    /// # Errors
    /// `REQUEST_INVALID` names the field.
    pub fn parse(tenant: &str, sha256: &str, size: u64) -> Result<Self, Refusal> {
        let (tenant, digest) = parse(tenant, sha256)?;
        Ok(Self { tenant, digest, size })
    }
}

/// A tenant and a digest as a request names them.
///
/// # Errors
/// `REQUEST_INVALID` names the field.
pub(crate) fn parse(tenant: &str, sha256: &str) -> Result<(TenantId, Digest), Refusal> {
    let digest =
        |rule: &str| Refusal::of_field(Reason::RequestInvalid, "/sha256", rule, "mend it and send it again");
    Ok((door::tenant(tenant)?, Digest::parse(sha256).map_err(digest)?))
}

/// What becomes of a claim.
pub(crate) enum Begun {
    /// The document is there already.
    Stored(Receipt),
    Open(Upload),
}

/// An upload that takes pieces.
pub(crate) struct Upload {
    store: Arc<DocumentStore>,
    claim: Claim,
    room: Arc<Room>,
    part: Arc<Part>,
}

impl DocumentStore {
    /// Begins an upload, or goes on with one that broke off.
    ///
    /// # Errors
    /// `NOT_GRANTED`, `NOT_FOUND`, `DOCUMENT_EMPTY`, `TOO_LARGE`, `QUOTA_REACHED`, `LIMIT_REACHED`, `DIGEST_MISMATCH` for a
    /// document that is there with another size, `STORE_UNAVAILABLE`.
    pub async fn begin(self: &Arc<Self>, caller: &Caller, claim: Claim) -> Result<Begun, Refusal> {
        self.admit(caller, &claim.tenant)?;
        let limits = self.config.limits(&claim.tenant);
        decide::claimed(claim.size, &limits)?;
        match self.promise(&claim.tenant, claim.digest).await? {
            Judged::Good(fact) if fact.size == claim.size => {
                self.metrics.count_upload(&claim.tenant, true);
                return Ok(Begun::Stored(Receipt::new(&self.policy, &claim, fact, true)));
            }
            Judged::Good(fact) => {
                let rule =
                    format!("is {}, and the document of this digest has {} bytes", claim.size, fact.size);
                let advice = "it is stored already: compute size and digest of the same bytes";
                return Err(Refusal::of_field(Reason::DigestMismatch, "/size", rule, advice));
            }
            // Whoever still has it heals it.
            Judged::Bad(..) => {}
            Judged::Unknown => {
                decide::quota(self.rooms.of(&claim.tenant).await?.totals().bytes, claim.size, &limits)?;
            }
        }
        let part = self.staging.open(&part_name(caller, &claim), limits.uploads_open_max)?;
        let room = self.rooms.of(&claim.tenant).await?;
        Ok(Begun::Open(Upload { store: Arc::clone(self), claim, room, part }))
    }

    /// How far the caller's upload came, and whether the document is there.
    ///
    /// # Errors
    /// `NOT_GRANTED`, `NOT_FOUND` for the tenant, `STORE_UNAVAILABLE`.
    pub async fn came(&self, caller: &Caller, claim: &Claim) -> Result<(u64, bool), Refusal> {
        self.admit(caller, &claim.tenant)?;
        match self.promise(&claim.tenant, claim.digest).await? {
            Judged::Good(fact) => Ok((fact.size, true)),
            Judged::Bad(..) | Judged::Unknown => {
                Ok((self.staging.came(&part_name(caller, claim)).await?, false))
            }
        }
    }
}

impl Upload {
    /// Takes in a piece; says how far the upload came.
    ///
    /// # Errors
    /// `OFFSET_WRONG`, `STORE_UNAVAILABLE`.
    pub async fn append(&self, offset: u64, piece: Bytes) -> Result<u64, Refusal> {
        self.part.append(offset, piece).await
    }

    /// Stores the document. Goes on to its end also where nobody waits for the receipt any more.
    ///
    /// # Errors
    /// `UPLOAD_INCOMPLETE`, `DIGEST_MISMATCH`, `FORMAT_NOT_APPROVED`, `QUOTA_REACHED`, `STORE_UNAVAILABLE`.
    pub async fn finish(self) -> Result<Receipt, Refusal> {
        let tasks = self.store.lifecycle.tasks().clone();
        let outcome = tasks.spawn(self.publish()).await;
        outcome.unwrap_or_else(|_| Err(StoreError::BrokenOff.into()))
    }
}

/// Uploads are their sender's own.
fn part_name(caller: &Caller, claim: &Claim) -> PartName {
    let who = caller.holder();
    let party =
        [who.organisation, who.supplier.unwrap_or_default(), who.client.unwrap_or_default()].join(" ");
    PartName::new(claim.tenant.clone(), claim.digest, claim.size, &party)
}

//! From a whole upload to a document with a receipt.
//!
//! Kept true: what gets its name was checked on the way there, and is read back from the disk before anybody hears of it.

use sha2::{Digest as _, Sha256};

use samflyt_events::{Reason, Refusal};

use super::{Receipt, Upload};
use crate::documents::digest::Digest;
use crate::documents::format::{Detector, Format};
use crate::documents::judge::Judged;
use crate::documents::known::Fact;
use crate::documents::staging::PartState;
use crate::documents::store::PIECE_BYTES;

impl Upload {
    pub(super) async fn publish(self) -> Result<Receipt, Refusal> {
        let mut state = self.part.lock().await;
        if let Some(Err(refusal)) = &state.ended {
            return Err(refusal.clone());
        }
        if state.ended.is_none() && state.came() < self.claim.size {
            return Err(incomplete(state.came(), self.claim.size));
        }
        let stored = {
            let _one = self.store.locks.lock(&self.claim.tenant, self.claim.digest).await;
            self.store(&state).await
        };
        match &stored {
            Ok(_) if state.ended.is_none() => self.part.end(&mut state, Ok(())),
            // Its bytes will never do; after any other refusal the same bytes may.
            Err(refusal) if matches!(refusal.reason, Reason::DigestMismatch | Reason::FormatNotApproved) => {
                self.part.end(&mut state, Err(refusal.clone()));
            }
            _ => {}
        }
        let (fact, already_there) = stored?;
        self.store.metrics.count_upload(&self.claim.tenant, already_there);
        Ok(Receipt::new(&self.store.policy, &self.claim, fact, already_there))
    }

    /// The document, and whether it was there before.
    async fn store(&self, state: &PartState) -> Result<(Fact, bool), Refusal> {
        let (store, claim) = (&self.store, &self.claim);
        let space = match store.known(&self.room, &claim.tenant, claim.digest).await? {
            Judged::Good(fact) => {
                store.promised(&claim.tenant, claim.digest, &fact).await?;
                return Ok((fact, true));
            }
            Judged::Bad(..) => self.room.take_none(),
            Judged::Unknown => self.room.take(claim.size, &store.config.limits(&claim.tenant))?,
        };
        let format = self.copy(state).await?;
        let back = store.documents.read(&claim.tenant, claim.digest, claim.size, true).await?.check().await;
        if let Err(broken) = back {
            let digest = claim.digest;
            tracing::error!(tenant = %claim.tenant, %digest, ?broken, "a document was not read back as it was written");
            store.documents.remove(&claim.tenant, claim.digest).await?;
            let message =
                "the document was not read back as it was written: look at the disk, and send it again";
            return Err(Refusal::new(Reason::StoreUnavailable, message));
        }
        let now = store.deps.clock.now();
        let fact = Fact { size: claim.size, format, stored_at: now, verified_at: now, promised_at: None };
        store.facts.put(&claim.tenant, claim.digest, &fact).await?;
        self.room.clear(claim.digest).await?;
        space.keep();
        Ok((fact, false))
    }

    /// Copies the upload into the store. It gets its name there only if it is what it was said to be.
    async fn copy(&self, state: &PartState) -> Result<Format, Refusal> {
        let (documents, claim) = (&self.store.documents, &self.claim);
        let mut writing = documents.write(&claim.tenant, claim.digest).await?;
        let (mut hasher, mut detector) = (Sha256::new(), Detector::default());
        let mut at = 0;
        while at < claim.size {
            let len = PIECE_BYTES.min(claim.size - at);
            let piece = self.part.read(state, at, usize::try_from(len).unwrap_or_default()).await?;
            hasher.update(&piece);
            detector.feed(&piece);
            writing.write(piece).await?;
            at += len;
        }
        let format = detector.finish();
        let found = Digest::finish(hasher);
        let admitted =
            if found == claim.digest { self.store.policy.admit(&format) } else { Err(mismatch(found)) };
        if let Err(refusal) = admitted {
            writing.abort().await?;
            return Err(refusal);
        }
        writing.complete().await?;
        Ok(format)
    }
}

fn incomplete(came: u64, size: u64) -> Refusal {
    let message = format!(
        "the upload came as far as {came} of {size} bytes and is kept for a while: go on from {came} \
         (`GetUpload`, or `HEAD` over HTTP, says how far it came)"
    );
    Refusal::new(Reason::UploadIncomplete, message)
}

fn mismatch(found: Digest) -> Refusal {
    let rule = format!("is not that of the bytes that came: theirs is {found}");
    let advice =
        "the upload was cleared: compute the digest of the bytes that you send, and send them from the start";
    Refusal::of_field(Reason::DigestMismatch, "/sha256", rule, advice)
}

/// What the caller is told where a stream broke off.
pub(crate) fn broken_off() -> Refusal {
    Refusal::new(Reason::UploadIncomplete, "the upload broke off; what came is kept for a while")
}

/// What the caller is told where the hub stops in the middle.
pub(crate) fn stopping() -> Refusal {
    Refusal::new(
        Reason::StoreUnavailable,
        "the hub is stopping: what came is kept; ask how far that is, and go on from there",
    )
}

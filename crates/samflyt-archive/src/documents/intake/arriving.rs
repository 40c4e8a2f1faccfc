//! A document whose size and digest are known only when all of it has come: part of a form, say.
//!
//! Kept true: nothing is in the store before [`Arriving::store`]; what is dropped before that leaves nothing behind.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use samflyt_events::{Refusal, TenantId};
use sha2::{Digest as _, Sha256};

use super::{Claim, Receipt, Upload};
use crate::documents::decide;
use crate::documents::digest::Digest;
use crate::documents::error::{StoreError, blocking};
use crate::documents::judge::Judged;
use crate::documents::staging::PartName;
use crate::documents::{DocumentStore, store::PIECE_BYTES};

/// A document on its way in.
pub(crate) struct Arriving {
    store: Arc<DocumentStore>,
    tenant: TenantId,
    path: PathBuf,
    file: Arc<File>,
    hasher: Sha256,
    size: u64,
    waiting: BytesMut,
}

/// A document that has come whole, and is not in the store yet.
pub(crate) struct Arrived {
    store: Arc<DocumentStore>,
    pub claim: Claim,
    path: PathBuf,
}

impl DocumentStore {
    /// Begins to take a document in, for a caller who was admitted.
    ///
    /// # Errors
    /// `LIMIT_REACHED` where too many uploads have begun; `STORE_UNAVAILABLE`.
    pub fn arrive(self: &Arc<Self>, tenant: &TenantId) -> Result<Arriving, Refusal> {
        let path = self.staging.begin(tenant, self.config.limits(tenant).uploads_open_max)?;
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        Ok(Arriving {
            store: Arc::clone(self),
            tenant: tenant.clone(),
            file: Arc::new(file.map_err(StoreError::file("open an upload"))?),
            path,
            hasher: Sha256::new(),
            size: 0,
            waiting: BytesMut::new(),
        })
    }
}

impl Arriving {
    /// # Errors
    /// `TOO_LARGE`, `STORE_UNAVAILABLE`.
    pub async fn append(&mut self, piece: &Bytes) -> Result<(), Refusal> {
        self.size += piece.len() as u64;
        let limits = self.store.config.limits(&self.tenant);
        decide::claimed(self.size.max(1), &limits)?;
        self.waiting.extend_from_slice(piece);
        if self.waiting.len() as u64 >= PIECE_BYTES {
            self.write().await?;
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<(), Refusal> {
        let (file, piece) = (Arc::clone(&self.file), self.waiting.split().freeze());
        self.hasher.update(&piece);
        let failed = StoreError::file("write an upload");
        Ok(blocking(move || (&*file).write_all(&piece).map_err(failed)).await?)
    }

    /// All of it has come.
    ///
    /// # Errors
    /// `DOCUMENT_EMPTY`, `QUOTA_REACHED`, `STORE_UNAVAILABLE`.
    pub async fn end(mut self) -> Result<Arrived, Refusal> {
        self.write().await?;
        let limits = self.store.config.limits(&self.tenant);
        decide::claimed(self.size, &limits)?;
        let used = self.store.rooms.of(&self.tenant).await?.totals().bytes;
        decide::quota(used, self.size, &limits)?;
        let digest = Digest::finish(std::mem::take(&mut self.hasher));
        let claim = Claim { tenant: self.tenant.clone(), digest, size: self.size };
        let arrived = Arrived { store: Arc::clone(&self.store), claim, path: std::mem::take(&mut self.path) };
        Ok(arrived)
    }
}

impl Arrived {
    /// Stores it. Goes on to its end also where nobody waits any more.
    ///
    /// # Errors
    /// `FORMAT_NOT_APPROVED`, `QUOTA_REACHED`, `STORE_UNAVAILABLE`.
    pub async fn store(self) -> Result<Receipt, Refusal> {
        let (store, claim) = (&self.store, &self.claim);
        if let Judged::Good(fact) = store.promise(&claim.tenant, claim.digest).await? {
            store.metrics.count_upload(&claim.tenant, true);
            return Ok(Receipt::new(&store.policy, claim, fact, true));
        }
        // Nobody else's: no other sender goes on with it or spoils it.
        let party = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = PartName::new(claim.tenant.clone(), claim.digest, claim.size, &party);
        let part = store.staging.adopt(&self.path, &name)?;
        let room = store.rooms.of(&claim.tenant).await?;
        let upload = Upload { store: Arc::clone(store), claim: claim.clone(), room, part: Arc::clone(&part) };
        let receipt = upload.finish().await;
        if receipt.is_err() {
            part.discard();
        }
        receipt
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

impl Drop for Arrived {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Where it was not taken over.
fn remove(path: &PathBuf) {
    if path.as_os_str().is_empty() {
        return;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "an upload that ended could not be cleared");
        }
        _ => {}
    }
}

//! A document on its way to somebody, whatever the transport.

use std::sync::Arc;

use bytes::Bytes;
use futures::Stream;
use samflyt_events::{Refusal, TenantId};
use samflyt_runtime::Caller;

use crate::documents::DocumentStore;
use crate::documents::digest::Digest;
use crate::documents::error::StoreError;
use crate::documents::judge::{Judged, damaged, not_found};
use crate::documents::known::{Fact, Finding};
use crate::documents::store::{Broken, Reading};

/// A document that was good when it was last read, and is read again.
pub(crate) struct Download {
    copy: CopyOut,
    pub fact: Fact,
}

/// A document that is read, and checked on its way.
pub(crate) struct CopyOut {
    store: Arc<DocumentStore>,
    tenant: TenantId,
    digest: Digest,
    reading: Reading,
    size: u64,
}

impl DocumentStore {
    /// # Errors
    /// `NOT_GRANTED`, `NOT_FOUND`, `DOCUMENT_DAMAGED` where it is known not to be good, `STORE_UNAVAILABLE`.
    pub async fn download(
        self: &Arc<Self>,
        caller: &Caller,
        tenant: TenantId,
        digest: Digest,
    ) -> Result<Download, Refusal> {
        self.admit(caller, &tenant)?;
        self.open_download(tenant, digest).await
    }

    /// For a caller who was admitted.
    ///
    /// # Errors
    /// As [`DocumentStore::download`], but for `NOT_GRANTED`.
    pub async fn open_download(
        self: &Arc<Self>,
        tenant: TenantId,
        digest: Digest,
    ) -> Result<Download, Refusal> {
        let fact = match self.look_up(&tenant, digest).await? {
            Judged::Good(fact) => fact,
            Judged::Bad(finding, _) => return Err(damaged(digest, &finding)),
            Judged::Unknown => return Err(not_found(digest)),
        };
        Ok(Download { copy: self.copy_out(&tenant, digest, fact.size).await?, fact })
    }

    /// A document of which the caller, who was admitted, knows the size: nothing is asked but the document itself.
    ///
    /// # Errors
    /// `STORE_UNAVAILABLE`.
    pub async fn copy_out(
        self: &Arc<Self>,
        tenant: &TenantId,
        digest: Digest,
        size: u64,
    ) -> Result<CopyOut, Refusal> {
        let reading = self.documents.read(tenant, digest, size, false).await?;
        Ok(CopyOut { store: Arc::clone(self), tenant: tenant.clone(), digest, reading, size })
    }
}

impl Download {
    /// The next piece; none after the last.
    ///
    /// # Errors
    /// `DOCUMENT_DAMAGED` in place of the last piece, or of any that cannot be read.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        self.copy.next().await
    }

    /// All pieces, after one that was taken already.
    pub fn pieces(self, first: Option<Bytes>) -> impl Stream<Item = Result<Bytes, Refusal>> + Send {
        futures::stream::try_unfold((self, first), |(mut download, first)| async move {
            let piece = match first {
                Some(first) => Some(first),
                None => download.next().await?,
            };
            Ok(piece.map(|piece| (piece, (download, None))))
        })
    }
}

impl CopyOut {
    /// The next piece; none after the last.
    ///
    /// # Errors
    /// As [`Download::next`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        match self.reading.next().await {
            Ok(piece) => Ok(piece),
            Err(broken) => Err(self.broken(broken).await),
        }
    }

    /// Remembers what was found, unless a second look at the whole document, with nobody writing it, finds it good.
    async fn broken(&self, broken: Broken) -> Refusal {
        match self.store.verify(&self.tenant, self.digest).await {
            Ok(Judged::Bad(finding, _)) => damaged(self.digest, &finding),
            Ok(_) => {
                tracing::warn!(tenant = %self.tenant, digest = %self.digest, ?broken, "a document was read wrongly, once");
                StoreError::BrokenOff.into()
            }
            Err(error) => {
                tracing::error!(%error, "a document that was read wrongly could not be looked at again");
                damaged(self.digest, &Finding::new(&broken, self.size, self.store.deps.clock.now()))
            }
        }
    }
}

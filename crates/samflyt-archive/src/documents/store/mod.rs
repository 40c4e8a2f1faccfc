//! Documents under their digest, per tenant: `<tenant>/<first two digits>/<digest>`.
//!
//! Consumes bytes; gives them back. Kept true: a document is at its name whole or not at all, and what was written is on
//! disk, folder entries included, before [`Writing::complete`] returns. No document is ever changed; one is written again
//! only with the same digest.

mod folder;
mod reading;
mod writing;

use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use samflyt_events::TenantId;
use time::OffsetDateTime;

use crate::documents::digest::Digest;
use crate::documents::error::{StoreError, blocking};
use folder::Folder;

pub(crate) use reading::{Broken, Reading};
pub(crate) use writing::Writing;

/// How much of a document is in memory at once.
pub(crate) const PIECE_BYTES: u64 = 1024 * 1024;

/// What the store says of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stored {
    pub digest: Digest,
    pub size: u64,
    pub at: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub(crate) struct Documents {
    store: Arc<dyn ObjectStore>,
    /// The local folder behind the store, which has to be tidied and told to forget its cache; a store elsewhere has none.
    folder: Option<Folder>,
}

impl Documents {
    /// In a folder of this machine.
    ///
    /// # Errors
    /// Where it cannot be made or is used by another process.
    pub fn in_folder(root: &FilePath) -> Result<Self, StoreError> {
        let folder = Folder::open(root)?;
        // Without it, neither files nor folder entries are on disk when a write is answered.
        let store = LocalFileSystem::new_with_prefix(root)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder) })
    }

    /// Makes a tenant's folders, durably, and removes what an earlier process did not finish. Before the first write.
    pub async fn prepare(&self, tenant: &TenantId) -> Result<(), StoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let tenant = tenant.to_string();
        blocking(move || folder.prepare(&tenant)).await
    }

    /// None where there is no such document.
    pub async fn find(&self, tenant: &TenantId, digest: Digest) -> Result<Option<Stored>, StoreError> {
        match self.store.head(&path(tenant, digest)).await {
            Ok(meta) => Ok(stored(&meta)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// All of a tenant's documents, in no order.
    pub fn list(&self, tenant: &TenantId) -> impl Stream<Item = Result<Stored, StoreError>> + Send + use<> {
        self.list_below(&Path::from(tenant.as_str()))
    }

    /// Those whose digest begins with a byte.
    pub fn list_fan(
        &self,
        tenant: &TenantId,
        fan: u8,
    ) -> impl Stream<Item = Result<Stored, StoreError>> + Send + use<> {
        self.list_below(&Path::from_iter([tenant.to_string(), format!("{fan:02x}")]))
    }

    fn list_below(&self, path: &Path) -> impl Stream<Item = Result<Stored, StoreError>> + Send + use<> {
        let all = self.store.list(Some(path));
        // What is not named by a digest is none of ours.
        all.err_into().try_filter_map(|meta| futures::future::ready(Ok(stored(&meta))))
    }

    pub async fn write(&self, tenant: &TenantId, digest: Digest) -> Result<Writing, StoreError> {
        Ok(Writing::new(self.store.put_multipart(&path(tenant, digest)).await?))
    }

    /// Reads a document to its end, checking it. `from_disk` asks the disk itself, and not the machine's memory of it.
    pub async fn read(
        &self,
        tenant: &TenantId,
        digest: Digest,
        size: u64,
        from_disk: bool,
    ) -> Result<Reading, StoreError> {
        let path = path(tenant, digest);
        if let (true, Some(folder)) = (from_disk, self.folder.clone()) {
            let file = path.to_string();
            blocking(move || {
                folder.forget_cached(&file);
                Ok(())
            })
            .await?;
        }
        Ok(Reading::new(self.clone(), path, digest, size))
    }

    /// Removes what turned out not to be the document that it is named after.
    pub async fn remove(&self, tenant: &TenantId, digest: Digest) -> Result<(), StoreError> {
        Ok(self.store.delete(&path(tenant, digest)).await?)
    }

    async fn range(&self, path: &Path, range: Range<u64>) -> Result<Bytes, object_store::Error> {
        self.store.get_range(path, range).await
    }
}

fn path(tenant: &TenantId, digest: Digest) -> Path {
    Path::from_iter([tenant.to_string(), format!("{:02x}", digest.fan()), digest.to_string()])
}

fn stored(meta: &ObjectMeta) -> Option<Stored> {
    let digest = Digest::parse(meta.location.filename()?).ok()?;
    let at = OffsetDateTime::from_unix_timestamp(meta.last_modified.timestamp()).ok()?;
    Some(Stored { digest, size: meta.size, at })
}

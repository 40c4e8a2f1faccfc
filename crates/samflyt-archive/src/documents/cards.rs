//! What is known of documents beside their bytes: one small file of JSON each.
//!
//! A memory, and no second truth: a card that is lost or not readable is made anew from the document itself. So cards are
//! written whole, but not synced.

use std::fs;
use std::io::ErrorKind;
use std::marker::PhantomData;
use std::path::PathBuf;

use samflyt_events::TenantId;
use serde::{Serialize, de::DeserializeOwned};

use crate::documents::digest::Digest;
use crate::documents::error::{StoreError, blocking};

#[derive(Debug)]
pub(crate) struct Cards<T> {
    dir: PathBuf,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Cards<T> {
    pub fn in_folder(dir: PathBuf) -> Self {
        Self { dir, of: PhantomData }
    }

    /// None where there is none, or none that can be read.
    pub async fn get(&self, tenant: &TenantId, digest: Digest) -> Result<Option<T>, StoreError> {
        let path = self.path(tenant, digest);
        blocking(move || match fs::read(path) {
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file("read what is known of a document")(error)),
        })
        .await
    }

    pub async fn put(&self, tenant: &TenantId, digest: Digest, card: &T) -> Result<(), StoreError> {
        let path = self.path(tenant, digest);
        let text = serde_json::to_vec(card).unwrap_or_default();
        let failed = StoreError::file("write what is known of a document");
        blocking(move || {
            if let Some(dir) = path.parent() {
                fs::create_dir_all(dir).map_err(&failed)?;
            }
            let draft = path.with_extension("new");
            fs::write(&draft, text).and_then(|()| fs::rename(&draft, &path)).map_err(failed)
        })
        .await
    }

    pub async fn remove(&self, tenant: &TenantId, digest: Digest) -> Result<(), StoreError> {
        let path = self.path(tenant, digest);
        blocking(move || match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(StoreError::file("remove what was known of a document")(error))
            }
            _ => Ok(()),
        })
        .await
    }

    /// Whose digests begin with a byte, in their order.
    pub async fn digests(&self, tenant: &TenantId, fan: u8) -> Result<Vec<Digest>, StoreError> {
        let dir = self.dir.join(tenant.as_str()).join(format!("{fan:02x}"));
        let failed = StoreError::file("list what is known of documents");
        blocking(move || {
            let entries = match fs::read_dir(dir) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
                entries => entries.map_err(&failed)?,
            };
            let mut digests = Vec::new();
            for entry in entries {
                let name = entry.map_err(&failed)?.file_name();
                let name = name.to_string_lossy();
                digests.extend(name.strip_suffix(".json").and_then(|name| Digest::parse(name).ok()));
            }
            digests.sort_unstable();
            Ok(digests)
        })
        .await
    }

    fn path(&self, tenant: &TenantId, digest: Digest) -> PathBuf {
        self.dir.join(tenant.as_str()).join(format!("{:02x}", digest.fan())).join(format!("{digest}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_card_that_cannot_be_read_is_as_none() {
        let dir = tempfile::tempdir().unwrap();
        let cards: Cards<String> = Cards::in_folder(dir.path().to_owned());
        let (tenant, digest) = (TenantId::new("seljord").unwrap(), Digest::of(b"a"));
        cards.put(&tenant, digest, &"known".to_owned()).await.unwrap();
        assert_eq!(cards.get(&tenant, digest).await.unwrap().as_deref(), Some("known"));
        assert_eq!(cards.digests(&tenant, digest.fan()).await.unwrap(), [digest]);
        fs::write(cards.path(&tenant, digest), b"").unwrap();
        assert_eq!(cards.get(&tenant, digest).await.unwrap(), None);
        cards.remove(&tenant, digest).await.unwrap();
        cards.remove(&tenant, digest).await.unwrap();
        assert!(cards.digests(&tenant, digest.fan()).await.unwrap().is_empty());
    }
}

//! The mark of a key store: which store it is, its wrapped secret, and what it held when it was last looked through.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::Protection;
use crate::bucket::{Bucket, BucketError, Family, Held, Key, PutError};
use crate::error::StoreError;
use crate::keys::{KeyId, KeyProvider, Secret, Wrapped, random};
use samflyt_events::TenantId;

const FORM: u32 = 1;

/// Tells a key store from any other, also from one made later under the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoreId(KeyId);

impl StoreId {
    pub fn random() -> Option<Self> {
        random().map(|bytes| Self(KeyId(bytes)))
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Which key store an event was sealed with, and how far it had come. As text: `<store>.<revision>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPosition {
    pub(crate) store: StoreId,
    pub(crate) revision: u64,
}

impl KeyPosition {
    pub fn parse(text: &str) -> Option<Self> {
        let (store, revision) = text.split_once('.')?;
        Some(Self { store: StoreId(KeyId::parse(store)?), revision: revision.parse().ok()? })
    }

    /// The further of two. Those of different stores do not compare: the other one is taken.
    #[must_use]
    pub fn furthest(self, other: Self) -> Self {
        if self.store == other.store && self.revision > other.revision { self } else { other }
    }
}

impl fmt::Display for KeyPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.store, self.revision)
    }
}

/// What a key store holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    pub keys: u64,
    pub persons: u64,
    pub erased: u64,
}

impl Counts {
    pub async fn of(bucket: &Bucket) -> Result<Self, BucketError> {
        let (keys, persons) = (bucket.count(Family::DataKeys).await?, bucket.count(Family::Persons).await?);
        // Last: a key that goes meanwhile was counted as erased before.
        Ok(Self { keys, persons, erased: bucket.count(Family::Erased).await? })
    }

    /// Whether entries are gone that nobody erased since. Each key that goes leaves a note, and a person goes with a key.
    pub fn lacks(&self, marked: &Self) -> bool {
        let since = self.erased.saturating_sub(marked.erased);
        self.erased < marked.erased
            || self.keys + since < marked.keys
            || self.persons + since < marked.persons
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    form: u32,
    store: String,
    key_version: u32,
    /// Base64.
    secret: String,
    /// Where the store stood.
    revision: u64,
    counts: Counts,
}

/// The mark, read.
pub(crate) struct Mark {
    pub store: StoreId,
    pub secret: Wrapped,
    pub revision: u64,
    pub counts: Counts,
}

impl Mark {
    pub fn parse(held: &Held) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(&held.value).ok().filter(|s: &Stored| s.form == FORM)?;
        let bytes = STANDARD.decode(&stored.secret).ok()?;
        let secret = Wrapped { version: stored.key_version, bytes };
        let store = StoreId(KeyId::parse(&stored.store)?);
        Some(Self { store, secret, revision: stored.revision, counts: stored.counts })
    }

    fn to_json(&self) -> Vec<u8> {
        let stored = Stored {
            form: FORM,
            store: self.store.to_string(),
            key_version: self.secret.version,
            secret: STANDARD.encode(&self.secret.bytes),
            revision: self.revision,
            counts: self.counts,
        };
        // Strings and numbers always serialise.
        serde_json::to_vec(&stored).unwrap_or_default()
    }

    pub fn context(tenant: &TenantId, store: StoreId) -> Vec<u8> {
        format!("samflyt key store 1 {tenant} {store}").into_bytes()
    }

    /// Makes the first mark of an empty store. Another process may be first; then theirs stands.
    pub async fn first(
        bucket: &Bucket,
        tenant: &TenantId,
        provider: &dyn KeyProvider,
    ) -> Result<(), StoreError> {
        let store = StoreId::random().ok_or(StoreError::Random)?;
        let secret = Secret::new(random().ok_or(StoreError::Random)?);
        let secret = provider.wrap(tenant, &Self::context(tenant, store), &secret).await?;
        let mark = Self { store, secret, revision: 0, counts: Counts::default() };
        match bucket.put(&Key::Mark, mark.to_json(), 0).await {
            Ok(_) | Err(PutError::Conflict) => Ok(()),
            Err(PutError::Bucket(error)) => Err(error.into()),
        }
    }
}

impl Protection {
    /// Finishes erasures that broke off, and marks what the store holds. Where others erase at the same time the earlier
    /// mark stands.
    pub(crate) async fn look_through(&self, held: &Held, mark: Mark) -> Result<(), StoreError> {
        let before = self.bucket.count(Family::Erased).await?;
        self.finish_erasures(mark.revision).await?;
        let (revision, _) = self.bucket.state().await?;
        let counts = Counts::of(&self.bucket).await?;
        self.saw(revision);
        if counts.erased != before || counts == mark.counts {
            return Ok(());
        }
        self.put_mark(&Mark { revision, counts, ..mark }, held.revision).await
    }

    pub(crate) async fn rewrap_mark(&self, version: u32) -> Result<(), StoreError> {
        let held = self.bucket.get(&Key::Mark).await?.ok_or_else(|| self.damaged())?;
        let mark = Mark::parse(&held).ok_or_else(|| self.damaged())?;
        if mark.secret.version == version {
            return Ok(());
        }
        let context = Mark::context(&self.tenant, self.store);
        let secret = self.provider.unwrap_key(&self.tenant, &context, &mark.secret).await?;
        let secret = self.provider.wrap(&self.tenant, &context, &secret).await?;
        self.put_mark(&Mark { secret, ..mark }, held.revision).await
    }

    async fn put_mark(&self, mark: &Mark, revision: u64) -> Result<(), StoreError> {
        match self.bucket.replace(&Key::Mark, mark.to_json(), revision).await {
            Ok(revision) => {
                self.saw(revision);
                Ok(())
            }
            Err(PutError::Conflict) => Err(StoreError::Contended),
            Err(PutError::Bucket(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_without_a_note_is_missed() {
        let marked = Counts { keys: 10, persons: 5, erased: 3 };
        let lacks = |keys, persons, erased| Counts { keys, persons, erased }.lacks(&marked);
        assert!(!lacks(10, 5, 3) && !lacks(12, 6, 3) && !lacks(8, 4, 5));
        assert!(lacks(9, 5, 3) && lacks(10, 4, 3) && lacks(7, 5, 5) && lacks(10, 5, 2));
    }

    #[test]
    fn a_position_reads_as_it_is_written() {
        let position = KeyPosition { store: StoreId::random().unwrap(), revision: 17 };
        assert_eq!(KeyPosition::parse(&position.to_string()), Some(position));
        assert_eq!(KeyPosition::parse("17"), None);
        let further = KeyPosition { revision: 18, ..position };
        assert_eq!((position.furthest(further), further.furthest(position)), (further, further));
    }
}

//! A new version of the tenant key: everything is wrapped anew, and the log stays as it is.

use crate::Protection;
use crate::bucket::{Family, Key, PutError};
use crate::error::StoreError;
use crate::keys::KeyId;
use crate::resolve::parse_wrapped;

/// What a rotation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The version of the tenant key that wraps everything now.
    pub version: u32,
    /// How many keys were wrapped anew; those that were wrapped under it already are not counted.
    pub rewrapped: usize,
}

impl Protection {
    /// Wraps every key of the store under the newest version of the tenant key. Earlier versions can be retired after it.
    /// What broke off goes on when it is called again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rotate(&self) -> Result<Rotation, StoreError> {
        let version = self.provider.newest(&self.tenant).await?;
        let mut rewrapped = 0;
        for (id, held) in self.bucket.scan(Family::DataKeys, 0).await? {
            if parse_wrapped(&held.value).is_some_and(|wrapped| wrapped.version == version) {
                continue;
            }
            let id = KeyId::parse(&id).ok_or_else(|| self.damaged())?;
            let secret = self.unwrap_key(id, &held).await?;
            let wrapped = self.wrap_key(id, &secret).await?;
            match self.bucket.replace(&Key::Data(id), wrapped, held.revision).await {
                Ok(revision) => {
                    self.saw(revision);
                    rewrapped += 1;
                }
                // Destroyed meanwhile, or wrapped anew by somebody else: never put back.
                Err(PutError::Conflict) => {}
                Err(PutError::Bucket(error)) => return Err(error.into()),
            }
        }
        self.rewrap_mark(version).await?;
        Ok(Rotation { version, rewrapped })
    }
}

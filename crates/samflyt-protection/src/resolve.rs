//! Finding a key, and making one: the way that goes to the key store, taken where the cache does not know.

use std::sync::Arc;

use crate::Protection;
use crate::bucket::{Held, Key, PutError};
use crate::cache::Holder;
use crate::error::StoreError;
use crate::keys::{DataKey, KeyId, Secret, Wrapped, random};
use crate::subject::{Lookup, Person, Pseudonym, Record};

/// How often a change is tried that others come before.
pub(crate) const ATTEMPTS_MAX: usize = 32;
const WRAPPED_FORM: u8 = 1;

/// A key of the store.
pub(crate) enum Loaded {
    Live(Arc<DataKey>),
    /// Destroyed on purpose.
    Erased,
    /// Neither there nor known as destroyed.
    Missing,
}

impl Protection {
    /// The pseudonym of a person, and the key that seals the person's fields of a class; made where there is none.
    pub(crate) async fn holder(
        &self,
        person: &Person,
        class: &Arc<str>,
    ) -> Result<(Pseudonym, Arc<DataKey>), StoreError> {
        if !self.log.is_connected() {
            return Err(StoreError::Away);
        }
        let holder = (self.secrets.lookup(person), Arc::clone(class));
        let mut since = None;
        if let Some(connection) = self.news() {
            let mut cache = self.cache.lock();
            since = Some(cache.since(connection));
            if let Some(found) = cache.holder(&holder) {
                return Ok(found);
            }
        }
        for _ in 0..ATTEMPTS_MAX {
            if let Some((pseudonym, key)) = self.find_or_make(&holder).await? {
                if let Some(since) = since {
                    self.cache.lock().learn(since, &key, Some((holder, pseudonym)));
                }
                return Ok((pseudonym, key));
            }
        }
        Err(StoreError::Contended)
    }

    /// None: somebody else changed the person's entry meanwhile.
    async fn find_or_make(&self, holder: &Holder) -> Result<Option<(Pseudonym, Arc<DataKey>)>, StoreError> {
        let (lookup, class) = holder;
        let held = self.bucket.get(&Key::Person(*lookup)).await?;
        let revision = held.as_ref().map_or(0, |held| held.revision);
        self.saw(revision);
        let record = held.map(|held| self.open_record(*lookup, &held)).transpose()?;
        if let Some(record) = &record
            && let Some(id) = record.sealing(class)
        {
            match self.load(id).await? {
                Loaded::Live(key) if !key.is_used_up() => return Ok(Some((record.pseudonym, key))),
                Loaded::Live(_) => {}
                Loaded::Erased => {
                    self.forget_in_record(*lookup, record, revision, &[id]).await?;
                    return Ok(None);
                }
                Loaded::Missing => return Err(self.damaged()),
            }
        }
        let key = self.make_key().await?;
        let mut record = match record {
            Some(record) => record,
            None => Record {
                pseudonym: Pseudonym::random().ok_or(StoreError::Random)?,
                keys: std::collections::BTreeMap::new(),
            },
        };
        record.keys.entry(class.to_string()).or_default().push(key.id);
        // After an error it may be there all the same: the key stays.
        if self.put_record(*lookup, &record, revision).await? {
            return Ok(Some((record.pseudonym, key)));
        }
        self.discard(key.id).await?;
        Ok(None)
    }

    /// The key with an id.
    pub(crate) async fn load(&self, id: KeyId) -> Result<Loaded, StoreError> {
        if !self.log.is_connected() {
            return Err(StoreError::Away);
        }
        let mut since = None;
        if let Some(connection) = self.news() {
            let mut cache = self.cache.lock();
            since = Some(cache.since(connection));
            if let Some(key) = cache.key(&id) {
                return Ok(Loaded::Live(key));
            }
        }
        let held = self.bucket.get(&Key::Data(id)).await?;
        // After the key: who destroys it says so first.
        let erased = self.bucket.get(&Key::Erased(id)).await?;
        if let Some(erased) = erased {
            self.saw(erased.revision);
            return Ok(Loaded::Erased);
        }
        let Some(held) = held else { return Ok(Loaded::Missing) };
        self.saw(held.revision);
        let secret = self.unwrap_key(id, &held).await?;
        let key = Arc::new(DataKey::new(id, &secret).ok_or_else(|| self.damaged())?);
        if let Some(since) = since {
            self.cache.lock().learn(since, &key, None);
        }
        Ok(Loaded::Live(key))
    }

    /// A new key, on disk.
    async fn make_key(&self) -> Result<Arc<DataKey>, StoreError> {
        let id = KeyId(random().ok_or(StoreError::Random)?);
        let secret = Secret::new(random().ok_or(StoreError::Random)?);
        let wrapped = self.wrap_key(id, &secret).await?;
        match self.bucket.put(&Key::Data(id), wrapped, 0).await {
            Ok(revision) => self.saw(revision),
            // A random id of 128 bits that is taken: the machine's random numbers are none.
            Err(PutError::Conflict) => return Err(StoreError::Random),
            Err(PutError::Bucket(error)) => return Err(error.into()),
        }
        DataKey::new(id, &secret).map(Arc::new).ok_or(StoreError::Random)
    }

    /// Destroys a key that never sealed anything.
    async fn discard(&self, id: KeyId) -> Result<(), StoreError> {
        match self.bucket.put(&Key::Erased(id), Vec::new(), 0).await {
            Ok(_) | Err(PutError::Conflict) => {}
            Err(PutError::Bucket(error)) => return Err(error.into()),
        }
        Ok(self.bucket.destroy(&Key::Data(id)).await?)
    }

    pub(crate) async fn wrap_key(&self, id: KeyId, secret: &Secret) -> Result<Vec<u8>, StoreError> {
        let wrapped = self.provider.wrap(&self.tenant, &self.context_of(id), secret).await?;
        Ok([&[WRAPPED_FORM], &wrapped.version.to_be_bytes()[..], &wrapped.bytes].concat())
    }

    pub(crate) async fn unwrap_key(&self, id: KeyId, held: &Held) -> Result<Secret, StoreError> {
        let wrapped = parse_wrapped(&held.value).ok_or_else(|| self.damaged())?;
        Ok(self.provider.unwrap_key(&self.tenant, &self.context_of(id), &wrapped).await?)
    }

    fn context_of(&self, id: KeyId) -> Vec<u8> {
        format!("samflyt data key 1 {} {} {id}", self.tenant, self.store).into_bytes()
    }

    pub(crate) fn open_record(&self, lookup: Lookup, held: &Held) -> Result<Record, StoreError> {
        let clear = self.secrets.open(&self.place_of(lookup), &held.value);
        clear.and_then(|clear| Record::parse(&clear)).ok_or_else(|| self.damaged())
    }

    /// False: somebody else changed the entry meanwhile.
    pub(crate) async fn put_record(
        &self,
        lookup: Lookup,
        record: &Record,
        revision: u64,
    ) -> Result<bool, StoreError> {
        let sealed = self.secrets.seal(&self.place_of(lookup), &record.to_json());
        let sealed = sealed.ok_or(StoreError::Random)?;
        let key = Key::Person(lookup);
        let put = match revision {
            0 => self.bucket.put(&key, sealed, 0).await,
            _ => self.bucket.replace(&key, sealed, revision).await,
        };
        match put {
            Ok(revision) => {
                self.saw(revision);
                Ok(true)
            }
            Err(PutError::Conflict) => Ok(false),
            Err(PutError::Bucket(error)) => Err(error.into()),
        }
    }

    /// Takes destroyed keys out of a person's entry, and the entry itself where none is left. Others may be first.
    pub(crate) async fn forget_in_record(
        &self,
        lookup: Lookup,
        record: &Record,
        revision: u64,
        gone: &[KeyId],
    ) -> Result<(), StoreError> {
        match record.without(gone) {
            None => Ok(self.bucket.erase(revision).await?),
            Some(left) => self.put_record(lookup, &left, revision).await.map(|_| ()),
        }
    }

    fn place_of(&self, lookup: Lookup) -> String {
        format!("person 1 {} {} {lookup}", self.tenant, self.store)
    }
}

/// The version of the tenant key is in clear, so that a rotation tells what it has to do.
pub(crate) fn parse_wrapped(stored: &[u8]) -> Option<Wrapped> {
    let (form, rest) = stored.split_first()?;
    let (version, bytes) = rest.split_first_chunk::<4>()?;
    (*form == WRAPPED_FORM).then(|| Wrapped { version: u32::from_be_bytes(*version), bytes: bytes.to_vec() })
}

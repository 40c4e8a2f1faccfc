//! What a fold writes with: sees the batch's own writes, then the store.

use std::any::Any;
use std::collections::BTreeMap;

use crate::{Pair, StoreError, pack::Writes, store::Store, view::end_of_prefix};

/// Reads the state as of the entry that is being folded, and writes to it.
pub struct Writer<'a> {
    pub(crate) store: &'a Store,
    pub(crate) writes: &'a mut Writes,
    pub(crate) memory: &'a mut Memory,
}

/// What a fold remembers beside a store, to spare it reads. Gone when the store is closed.
pub(crate) type Memory = Option<Box<dyn Any + Send>>;

impl Writer<'_> {
    /// A key's value.
    ///
    /// # Errors
    /// [`StoreError`] where the store cannot be read.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.writes.get(key) {
            Some(written) => Ok(written.clone()),
            None => self.store.get(key),
        }
    }

    /// What the fold remembers of this store: only what it could read again. Give it back with [`Writer::keep`].
    pub fn remember<T: Default + Send + 'static>(&mut self) -> Box<T> {
        let kept = self.memory.take().and_then(|memory| memory.downcast().ok());
        kept.unwrap_or_default()
    }

    /// Keeps what [`Writer::remember`] gave for the next entry.
    pub fn keep<T: Send + 'static>(&mut self, memory: Box<T>) {
        *self.memory = Some(memory);
    }

    /// Sets a key's value. Reads nothing now; the block is read once per batch. A key that is written for the first time
    /// costs the same as one that is overwritten.
    ///
    /// # Panics
    /// Where the key's first byte, its family, is 0 or missing: that family is the checkpoint's.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.writes.insert(checked(key.into()), Some(value.into()));
    }

    /// Removes a key, if it is there.
    ///
    /// # Panics
    /// As [`Writer::put`].
    pub fn remove(&mut self, key: impl Into<Vec<u8>>) {
        self.writes.insert(checked(key.into()), None);
    }

    /// All entries whose key begins so, in order. Reads them all: for what is few.
    ///
    /// # Errors
    /// [`StoreError`] where the store cannot be read.
    pub fn scan_prefix(&self, prefix: &[u8]) -> Result<Vec<Pair>, StoreError> {
        let stored = self.store.scan(prefix.to_vec(), end_of_prefix(prefix), false);
        let mut found = stored.collect::<Result<BTreeMap<_, _>, _>>()?;
        for (key, written) in
            self.writes.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix))
        {
            match written {
                Some(value) => found.insert(key.clone(), value.clone()),
                None => found.remove(key),
            };
        }
        Ok(found.into_iter().collect())
    }
}

fn checked(key: Vec<u8>) -> Vec<u8> {
    assert!(key.first().is_some_and(|&family| family != 0), "a key begins with its family, which is not 0");
    key
}

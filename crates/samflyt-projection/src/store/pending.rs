//! What was folded and is not stored yet. Readers see it on top of what is stored, so that an entry is visible at once
//! while sled, which writes to the disk three times for each batch however small, is given few and larger ones.
//!
//! A key stays here until the batch that stores it was applied: no reader finds it in neither place.

use std::{cmp::Ordering, iter::Peekable, ops::Bound, vec::IntoIter};

use parking_lot::RwLock;

use crate::{Pair, StoreError, pack::Writes};

/// A key and its new value; none removes.
type Write = (Vec<u8>, Option<Vec<u8>>);

#[derive(Default)]
pub(super) struct Pending(RwLock<Writes>);

impl Pending {
    pub fn add(&self, writes: Writes) {
        self.0.write().extend(writes);
    }

    /// Some where the key is written or removed here.
    pub fn get(&self, key: &[u8]) -> Option<Option<Vec<u8>>> {
        self.0.read().get(key).cloned()
    }

    /// Everything as it is now, to be stored. The one thread that adds is the one that stores, so nothing comes between.
    pub fn store<T>(&self, store: impl FnOnce(&Writes) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let done = store(&self.0.read())?;
        self.0.write().clear();
        Ok(done)
    }

    /// Lays what is pending now over a scan of what is stored, `from <= key < to`.
    pub fn over<I: Iterator<Item = Result<Pair, StoreError>>>(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        backward: bool,
        stored: impl FnOnce() -> I,
    ) -> Merged<I> {
        let end = to.map_or(Bound::Unbounded, Bound::Excluded);
        let is_empty = to.is_some_and(|to| to <= from);
        let mut pending: Vec<Write> = if is_empty {
            Vec::new()
        } else {
            let range = self.0.read();
            let range = range.range::<[u8], _>((Bound::Included(from), end));
            range.map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        if backward {
            pending.reverse();
        }
        // The stored ones are read after: what is stored meanwhile is then found twice, not in neither place.
        Merged { pending: pending.into_iter().peekable(), stored: stored().peekable(), backward }
    }
}

/// Two scans as one. Where both have a key, the pending one counts.
pub(super) struct Merged<I: Iterator<Item = Result<Pair, StoreError>>> {
    pending: Peekable<IntoIter<Write>>,
    stored: Peekable<I>,
    backward: bool,
}

impl<I: Iterator<Item = Result<Pair, StoreError>>> Iterator for Merged<I> {
    type Item = Result<Pair, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some((pending, _)) = self.pending.peek() else { return self.stored.next() };
            let order = match self.stored.peek() {
                Some(Err(_)) => return self.stored.next(),
                Some(Ok((stored, _))) if self.backward => stored.cmp(pending),
                Some(Ok((stored, _))) => pending.cmp(stored),
                None => Ordering::Less,
            };
            match order {
                Ordering::Greater => return self.stored.next(),
                Ordering::Equal => drop(self.stored.next()),
                Ordering::Less => {}
            }
            if let (key, Some(value)) = self.pending.next()? {
                return Some(Ok((key, value)));
            }
        }
    }
}

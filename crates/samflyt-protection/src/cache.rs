//! What a process remembers of keys: so many at most, and nothing of what was destroyed.
//!
//! Two generations a map: when the young one is full, the old one is dropped and the young one grows old. What is used
//! moves to the young one. So at most twice the young one's size is kept, and what is used stays.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use crate::keys::{DataKey, KeyId};
use crate::subject::{Lookup, Pseudonym};

struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    young_max: usize,
}

impl<K: Eq + Hash + Clone, V: Clone> Generations<K, V> {
    fn new(entries_max: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), young_max: (entries_max / 2).max(1) }
    }

    fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.insert(key, value.clone());
        Some(value)
    }

    fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.young_max {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }

    fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

/// Whose key of which class.
pub(crate) type Holder = (Lookup, Arc<str>);

#[derive(Clone)]
struct Known {
    key: Arc<DataKey>,
    /// Who seals with it, where somebody does.
    holder: Option<Holder>,
}

/// Keys by their id, and the ids and pseudonyms of those who seal.
pub(crate) struct Cache {
    keys: Generations<KeyId, Known>,
    holders: Generations<Holder, (Pseudonym, KeyId)>,
    /// The connection over which all of it was learned: over another one, news of a destruction may have been missed.
    connection: u64,
    /// Counts what was forgotten.
    forgotten: u64,
}

impl Cache {
    pub fn new(entries_max: usize) -> Self {
        let (keys, holders) = (Generations::new(entries_max), Generations::new(entries_max));
        Self { keys, holders, connection: 0, forgotten: 0 }
    }

    /// Forgets everything that was learned over another connection. Gives the state that [`Cache::learn`] wants.
    pub fn since(&mut self, connection: u64) -> u64 {
        if connection != self.connection {
            self.keys.clear();
            self.holders.clear();
            self.connection = connection;
            self.forgotten += 1;
        }
        self.forgotten
    }

    pub fn key(&mut self, id: &KeyId) -> Option<Arc<DataKey>> {
        self.keys.get(id).map(|known| known.key)
    }

    pub fn holder(&mut self, holder: &Holder) -> Option<(Pseudonym, Arc<DataKey>)> {
        let (pseudonym, id) = self.holders.get(holder)?;
        let key = self.key(&id)?;
        (!key.is_used_up()).then_some((pseudonym, key))
    }

    /// Remembers a key that was read after [`Cache::since`] gave `since`; not where something was forgotten meanwhile,
    /// which may have been this one.
    pub fn learn(&mut self, since: u64, key: &Arc<DataKey>, holder: Option<(Holder, Pseudonym)>) {
        if since != self.forgotten {
            return;
        }
        if let Some((holder, pseudonym)) = &holder {
            self.holders.insert(holder.clone(), (*pseudonym, key.id));
        }
        let holder = holder.map(|(holder, _)| holder);
        self.keys.insert(key.id, Known { key: Arc::clone(key), holder });
    }

    pub fn forget(&mut self, id: &KeyId) {
        self.forgotten += 1;
        if let Some(holder) = self.keys.remove(id).and_then(|known| known.holder) {
            self.holders.remove(&holder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Secret;

    fn key(byte: u8) -> Arc<DataKey> {
        Arc::new(DataKey::new(KeyId([byte; 16]), &Secret::new([byte; 32])).unwrap())
    }

    fn holder(byte: u8) -> Holder {
        (Lookup([byte; 16]), "case".into())
    }

    fn filled() -> Cache {
        let mut cache = Cache::new(8);
        let since = cache.since(1);
        cache.learn(since, &key(1), Some((holder(1), Pseudonym::random().unwrap())));
        cache
    }

    #[test]
    fn a_destroyed_key_leaves_with_its_holder_and_does_not_come_back_by_a_read_from_before() {
        let mut cache = filled();
        assert!(cache.holder(&holder(1)).is_some());
        let before = cache.since(1);
        cache.forget(&KeyId([1; 16]));
        assert!(cache.holder(&holder(1)).is_none() && cache.holders.get(&holder(1)).is_none());
        cache.learn(before, &key(1), None);
        assert!(cache.key(&KeyId([1; 16])).is_none());
    }

    #[test]
    fn another_connection_forgets_everything() {
        let mut cache = filled();
        cache.since(2);
        assert!(cache.key(&KeyId([1; 16])).is_none());
    }

    #[test]
    fn a_key_that_is_used_up_seals_no_more_and_still_opens() {
        let mut cache = filled();
        cache.key(&KeyId([1; 16])).unwrap().use_up();
        assert!(cache.holder(&holder(1)).is_none());
        assert!(cache.key(&KeyId([1; 16])).is_some());
    }

    #[test]
    fn it_holds_so_many_at_most_and_keeps_what_is_used() {
        let mut cache = filled();
        for byte in 2..100 {
            let since = cache.since(1);
            cache.learn(since, &key(byte), None);
            assert!(cache.key(&KeyId([1; 16])).is_some(), "used after {byte}");
            assert!(cache.keys.young.len() + cache.keys.old.len() <= 8);
        }
        assert!(cache.key(&KeyId([2; 16])).is_none());
    }
}

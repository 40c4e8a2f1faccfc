//! Tokens that were verified, so that the next request with one costs a hash and a lookup.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::principal::Principal;

/// What a token is known by: its SHA-256.
pub(super) type TokenDigest = [u8; 32];

/// What a token is known by.
pub(super) fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}

/// A verified token. It holds only as long as the key set it was verified with: whoever finds it compares `generation`.
#[derive(Clone)]
pub(super) struct Verified {
    pub principal: Arc<Principal>,
    /// Which of the configured issuers.
    pub issuer: usize,
    /// The generation of that issuer's keys.
    pub generation: u64,
}

/// At most `entries_max` verified tokens, those in use kept: two halves, of which the older one is dropped as a whole
/// when the younger one is full; what is found in the older one moves to the younger.
pub(super) struct TokenCache {
    half_max: usize,
    halves: Mutex<Halves>,
}

#[derive(Default)]
struct Halves {
    young: HashMap<TokenDigest, Verified>,
    old: HashMap<TokenDigest, Verified>,
}

impl TokenCache {
    pub fn new(entries_max: usize) -> Self {
        Self { half_max: entries_max.div_ceil(2), halves: Mutex::default() }
    }

    pub fn get(&self, digest: &TokenDigest) -> Option<Verified> {
        let mut halves = self.halves.lock();
        if let Some(found) = halves.young.get(digest) {
            return Some(found.clone());
        }
        let found = halves.old.remove(digest)?;
        halves.insert(*digest, found.clone(), self.half_max);
        Some(found)
    }

    pub fn insert(&self, digest: TokenDigest, verified: Verified) {
        if self.half_max > 0 {
            self.halves.lock().insert(digest, verified, self.half_max);
        }
    }

    /// Drops what was verified with other keys of `issuer` than those of `generation`.
    pub fn keep_only(&self, issuer: usize, generation: u64) {
        let mut halves = self.halves.lock();
        let holds = |v: &Verified| v.issuer != issuer || v.generation == generation;
        halves.young.retain(|_, verified| holds(verified));
        halves.old.retain(|_, verified| holds(verified));
    }

    pub fn remove(&self, digest: &TokenDigest) {
        let mut halves = self.halves.lock();
        halves.young.remove(digest);
        halves.old.remove(digest);
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        let halves = self.halves.lock();
        halves.young.len() + halves.old.len()
    }
}

impl Halves {
    fn insert(&mut self, digest: TokenDigest, verified: Verified, half_max: usize) {
        if self.young.len() >= half_max {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(digest, verified);
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    fn verified(issuer: usize, generation: u64) -> Verified {
        let principal = Arc::new(Principal {
            issuer: "https://issuer.invalid/".to_owned(),
            client_id: None,
            consumer: "910000000".to_owned(),
            supplier: None,
            scopes: Default::default(),
            expires_at: OffsetDateTime::UNIX_EPOCH,
        });
        Verified { principal, issuer, generation }
    }

    #[test]
    fn the_cache_never_holds_more_than_its_limit_and_keeps_what_is_in_use() {
        let cache = TokenCache::new(100);
        let hot = digest("hot");
        cache.insert(hot, verified(0, 1));
        for i in 0..1_000 {
            cache.insert(digest(&i.to_string()), verified(0, 1));
            assert!(cache.get(&hot).is_some(), "forgotten after {i}");
            assert!(cache.len() <= 100, "{}", cache.len());
        }
        assert!(cache.get(&digest("0")).is_none());
    }

    #[test]
    fn a_cache_of_no_entries_remembers_nothing() {
        let cache = TokenCache::new(0);
        cache.insert(digest("a"), verified(0, 1));
        assert_eq!(cache.len(), 0);
    }

    #[test]
    fn a_change_of_keys_drops_only_what_that_issuer_had_signed() {
        let cache = TokenCache::new(10);
        cache.insert(digest("old"), verified(0, 1));
        cache.insert(digest("new"), verified(0, 2));
        cache.insert(digest("other"), verified(1, 1));
        cache.keep_only(0, 2);
        assert!(cache.get(&digest("old")).is_none());
        assert!(cache.get(&digest("new")).is_some() && cache.get(&digest("other")).is_some());
    }
}

//! The secrets of a bucket: one that names entries, one that seals them. Both come from one, which the tenant key wraps.

use std::fmt;

use ring::hmac;

use super::Person;
use crate::keys::{DataKey, KeyId, Secret};

/// The name of a person's entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Lookup(pub [u8; 16]);

impl Lookup {
    pub fn parse(text: &str) -> Option<Self> {
        KeyId::parse(text).map(|id| Self(id.0))
    }
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

// A hash of an identifier is no identifier, but has no business in a log either.
impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup(…)")
    }
}

pub(crate) struct Secrets {
    lookup: hmac::Key,
    seal: DataKey,
}

impl Secrets {
    pub fn of(master: &Secret) -> Option<Self> {
        let derive = |what: &str| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &master[..]);
            let mut secret = Secret::default();
            secret.copy_from_slice(hmac::sign(&key, what.as_bytes()).as_ref());
            secret
        };
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, &derive("samflyt look-up 1")[..]);
        let seal = DataKey::new(KeyId([0; 16]), &derive("samflyt person entries 1"))?;
        Some(Self { lookup, seal })
    }

    /// HMAC-SHA256 over who it is, cut to 128 bits.
    pub fn lookup(&self, person: &Person) -> Lookup {
        let mut context = hmac::Context::with_key(&self.lookup);
        for part in person.parts() {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut short = [0; 16];
        short.copy_from_slice(&context.sign().as_ref()[..16]);
        Lookup(short)
    }

    /// Seals an entry for its place.
    pub fn seal(&self, place: &str, clear: &[u8]) -> Option<Vec<u8>> {
        self.seal.seal(place.as_bytes(), &[1], clear)
    }

    /// Opens an entry in its place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (1, rest) = sealed.split_first().map(|(form, rest)| (*form, rest))? else { return None };
        let mut rest = rest.to_vec();
        self.seal.open(place.as_bytes(), &mut rest).ok().map(|clear| clear.to_vec())
    }
}

//! A key that seals one person's fields of one retention class.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use super::Secret;

/// How many fields a process seals with one key before it makes the person another.
///
/// Nonces are random, so one key may seal at most 2^32 messages (NIST SP 800-38D, section 8.3). The count is kept in
/// memory only: with 2^20, a key would have to be loaded 4,096 times and used up each time to come near.
pub(crate) const SEALED_MAX: u32 = 1 << 20;

/// Random, so that it says nothing of whose key it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeyId(pub [u8; 16]);

impl KeyId {
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let number = u128::from_str_radix(text, 16).ok().filter(|_| is_hex)?;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Neither sealing nor opening worked; says nothing of what was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotOpened;

/// AES-256-GCM under random nonces.
pub(crate) struct DataKey {
    pub id: KeyId,
    key: LessSafeKey,
    sealed: AtomicU32,
}

impl DataKey {
    pub fn new(id: KeyId, secret: &Secret) -> Option<Self> {
        let key = UnboundKey::new(&AES_256_GCM, &secret[..]).ok()?;
        Some(Self { id, key: LessSafeKey::new(key), sealed: AtomicU32::new(0) })
    }

    /// Whether the person needs another key.
    pub fn is_used_up(&self) -> bool {
        self.sealed.load(Ordering::Relaxed) >= SEALED_MAX
    }

    #[cfg(test)]
    pub fn use_up(&self) {
        self.sealed.store(SEALED_MAX, Ordering::Relaxed);
    }

    /// Seals what stands behind `head` in the buffer; the result is `head`, nonce, ciphertext and tag.
    pub fn seal(&self, place: &[u8], head: &[u8], clear: &[u8]) -> Option<Vec<u8>> {
        self.sealed.fetch_add(1, Ordering::Relaxed);
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = Vec::with_capacity(head.len() + NONCE_LEN + clear.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(head);
        sealed.extend_from_slice(&nonce);
        let start = sealed.len();
        sealed.extend_from_slice(clear);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.key.seal_in_place_separate_tag(nonce, Aad::from(place), &mut sealed[start..]).ok()?;
        sealed.extend_from_slice(tag.as_ref());
        Some(sealed)
    }

    /// Opens nonce, ciphertext and tag, in place.
    pub fn open<'s>(&self, place: &[u8], sealed: &'s mut [u8]) -> Result<&'s mut [u8], NotOpened> {
        let (nonce, body) = sealed.split_at_mut_checked(NONCE_LEN).ok_or(NotOpened)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotOpened)?;
        self.key.open_in_place(nonce, Aad::from(place), body).map_err(|_| NotOpened)
    }
}

/// The machine's random bytes.
pub(crate) fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_clear_text_is_never_sealed_alike() {
        let key = DataKey::new(KeyId([1; 16]), &Secret::new([7; 32])).unwrap();
        let one = key.seal(b"here", b"head", b"Kari").unwrap();
        let two = key.seal(b"here", b"head", b"Kari").unwrap();
        assert_ne!(one, two);
        assert_eq!(key.open(b"here", &mut one[4..].to_vec()).unwrap(), b"Kari");
        assert_eq!(key.open(b"there", &mut one[4..].to_vec()), Err(NotOpened));
        assert_eq!(key.open(b"here", &mut []), Err(NotOpened));
    }
}

//! The keyed digest of an event's content: tells a resend from a reused id, and tells nothing to who lacks the key.

use std::fmt;

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The hub's secret for digests. The same for all gateways, for as long as the log lives.
#[derive(Clone)]
pub struct DigestKey(Hmac<Sha256>);

impl DigestKey {
    pub fn new(secret: &[u8; 32]) -> Self {
        // HMAC takes keys of any length.
        #[allow(clippy::expect_used)]
        Self(Hmac::new_from_slice(secret).expect("any length is a key"))
    }

    /// HMAC-SHA256 over the parts, each preceded by its length, cut to 128 bits.
    pub fn digest(&self, parts: &[&[u8]]) -> Digest {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let full = mac.finalize().into_bytes();
        let mut cut = [0; 16];
        cut.copy_from_slice(&full[..16]);
        Digest(cut)
    }

    /// A key for another use, told by its label, which begins with a letter: no digest is ever the same.
    pub fn derive(&self, label: &str) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(label.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(…)")
    }
}

/// 128 bits, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 16]);

impl Digest {
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 32).then_some(())?;
        text.bytes().all(|b| b.is_ascii_hexdigit()).then_some(())?;
        u128::from_str_radix(text, 16).ok().map(|number| Self(number.to_be_bytes()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("is not 32 hexadecimal digits")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_depends_on_the_key_and_on_where_the_parts_meet() {
        let key = DigestKey::new(&[1; 32]);
        assert_ne!(key.digest(&[b"ab", b"c"]), key.digest(&[b"a", b"bc"]));
        assert_ne!(key.digest(&[b"ab"]), DigestKey::new(&[2; 32]).digest(&[b"ab"]));
        let digest = key.digest(&[b"ab"]);
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse("+0000000000000000000000000000001"), None);
        assert_ne!(key.derive("one use"), key.derive("another use"));
        assert_ne!(key.derive("one use"), DigestKey::new(&[2; 32]).derive("one use"));
    }
}

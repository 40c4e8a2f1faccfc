//! Secrets by which what is posted is signed: `whsec_` and 32 bytes in base64, as Standard Webhooks says.
//!
//! In the log they are sealed: AES-256-GCM under a key derived from the hub's digest key, for the place that they are of.
//! Sealed is, in base64, `1`, the nonce (12), the ciphertext with its tag; the associated data is `<tenant>/<subscription>`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use samflyt_events::{DigestKey, Reason, Refusal, TenantId};

const PREFIX: &str = "whsec_";
const VERSION: u8 = 1;
const HEAD: usize = 1 + 12;
const LABEL: &str = "samflyt delivery: webhook secrets, 1";

/// A sealed secret that the hub's digest key does not open.
#[derive(Debug, thiserror::Error)]
#[error(
    "the secret does not open under the hub's digest key: restore that key, or make a new secret (`RotateSecret`)"
)]
pub(super) struct Unsealable;

/// A secret that was just made: to be shown once, and to be kept.
pub(crate) struct NewSecret {
    pub shown: String,
    pub sealed: String,
}

/// Seals secrets, and opens them.
pub(crate) struct Seal {
    key: Option<LessSafeKey>,
    random: SystemRandom,
}

impl Seal {
    pub fn new(digest_key: &DigestKey) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, &digest_key.derive(LABEL)).ok();
        Self { key: key.map(LessSafeKey::new), random: SystemRandom::new() }
    }

    /// Makes a secret for a subscription.
    ///
    /// # Errors
    /// `STORE_UNAVAILABLE` where the machine gives no random numbers.
    pub fn make(&self, tenant: &TenantId, subscription: &str) -> Result<NewSecret, Refusal> {
        let mut bytes = [0; 32];
        let sealed =
            self.random.fill(&mut bytes).ok().and_then(|()| self.seal(&place(tenant, subscription), &bytes));
        let none =
            || Refusal::new(Reason::StoreUnavailable, "the machine gives no random numbers: try again");
        let sealed = sealed.ok_or_else(none)?;
        Ok(NewSecret { shown: format!("{PREFIX}{}", STANDARD.encode(bytes)), sealed })
    }

    fn seal(&self, place: &str, clear: &[u8]) -> Option<String> {
        let mut nonce = [0; 12];
        self.random.fill(&mut nonce).ok()?;
        let mut body = clear.to_vec();
        let once = Nonce::assume_unique_for_key(nonce);
        self.key.as_ref()?.seal_in_place_append_tag(once, Aad::from(place.as_bytes()), &mut body).ok()?;
        Some(STANDARD.encode([&[VERSION], nonce.as_slice(), &body].concat()))
    }

    /// The key by which a subscription's secret signs.
    ///
    /// # Errors
    /// [`Unsealable`] where it was changed, is another's, or was sealed under another key.
    pub(super) fn key(
        &self,
        tenant: &TenantId,
        subscription: &str,
        sealed: &str,
    ) -> Result<hmac::Key, Unsealable> {
        let clear = self.open(&place(tenant, subscription), sealed).ok_or(Unsealable)?;
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &clear))
    }

    fn open(&self, place: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (head, body) = bytes.split_at_checked(HEAD).filter(|(head, _)| head[0] == VERSION)?;
        let nonce = Nonce::try_assume_unique_for_key(&head[1..]).ok()?;
        let mut body = body.to_vec();
        let clear =
            self.key.as_ref()?.open_in_place(nonce, Aad::from(place.as_bytes()), &mut body).ok()?.len();
        body.truncate(clear);
        Some(body)
    }
}

fn place(tenant: &TenantId, subscription: &str) -> String {
    format!("{tenant}/{subscription}")
}

/// `v1,<signature>`, by Standard Webhooks: HMAC-SHA256 of `<id>.<timestamp>.<body>`, in base64.
pub(super) fn sign(key: &hmac::Key, id: &str, timestamp: &str, body: &[u8]) -> String {
    let mut signing = hmac::Context::with_key(key);
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        signing.update(part);
    }
    format!("v1,{}", STANDARD.encode(signing.sign()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant() -> TenantId {
        TenantId::new("seljord").unwrap()
    }

    #[test]
    fn a_signature_is_as_the_specification_has_it() {
        // The example of the Standard Webhooks libraries.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let signed = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_opens_for_its_subscription_under_the_hubs_key_and_nowhere_else() {
        let seal = Seal::new(&DigestKey::new(&[1; 32]));
        let made = seal.make(&tenant(), "cases").unwrap();
        let clear = STANDARD.decode(made.shown.strip_prefix(PREFIX).unwrap()).unwrap();
        assert_eq!(clear.len(), 32);
        assert_eq!(seal.open("seljord/cases", &made.sealed).unwrap(), clear);
        assert!(seal.key(&tenant(), "others", &made.sealed).is_err());
        let other = Seal::new(&DigestKey::new(&[2; 32]));
        assert!(other.key(&tenant(), "cases", &made.sealed).is_err());
        assert_ne!(made.sealed, seal.make(&tenant(), "cases").unwrap().sealed);
    }
}

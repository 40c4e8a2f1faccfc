//! A key set (JWKS, RFC 7517) as verification keys. Pure: from a document's bytes to keys, and from a signature to a
//! verdict.

use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use serde::Deserialize;
use serde_json::Value;

use super::error::JwksError;

/// More keys than any issuer has a use for.
const KEYS_MAX: usize = 100;

/// RFC 7518, section 3.3: at least 2048 bits. More than 4096 is more than the verifier takes.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// The algorithms that tokens may be signed with (RFC 7518, section 3.1, and RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SigningAlgorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl SigningAlgorithm {
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256, Self::EdDsa].into_iter().find(|algorithm| algorithm.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl From<SigningAlgorithm> for Algorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::Rs256 => Self::RS256,
            SigningAlgorithm::Es256 => Self::ES256,
            SigningAlgorithm::EdDsa => Self::EdDSA,
        }
    }
}

/// A public key and the one algorithm it verifies.
pub(super) struct VerificationKey {
    pub id: String,
    pub algorithm: SigningAlgorithm,
    key: DecodingKey,
}

impl VerificationKey {
    /// Whether `signature` (base64url) over `signed` was made with this key's private half.
    pub fn verifies(&self, signed: &str, signature: &str) -> bool {
        let verdict =
            jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &self.key, self.algorithm.into());
        matches!(verdict, Ok(true))
    }
}

/// What a key set holds: the usable keys, and why each of the others was left out.
pub(super) struct ParsedKeys {
    pub usable: Vec<VerificationKey>,
    pub skipped: Vec<String>,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// Reads a JWKS document. A key that cannot be used leaves the others usable.
pub(super) fn parse_jwks(document: &[u8]) -> Result<ParsedKeys, JwksError> {
    let document: Document = serde_json::from_slice(document).map_err(JwksError::Malformed)?;
    if document.keys.len() > KEYS_MAX {
        return Err(JwksError::TooManyKeys { keys_max: KEYS_MAX });
    }
    let mut parsed = ParsedKeys { usable: Vec::new(), skipped: Vec::new() };
    for (index, entry) in document.keys.into_iter().enumerate() {
        match verification_key(entry) {
            Ok(key) => parsed.usable.push(key),
            Err(why) => parsed.skipped.push(format!("keys[{index}]: {why}")),
        }
    }
    Ok(parsed)
}

fn verification_key(entry: Value) -> Result<VerificationKey, &'static str> {
    if entry.get("d").is_some() {
        return Err("holds its private half, and so is nobody's secret any more; make a new one");
    }
    let jwk: Jwk = serde_json::from_value(entry).map_err(|_| "is no JWK of a known type")?;
    let id = jwk.common.key_id.clone().ok_or("has no `kid`, so that no token can name it")?;
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return Err("is not for signatures (`use`)");
    }
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => SigningAlgorithm::Rs256,
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => SigningAlgorithm::Es256,
        AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => {
            SigningAlgorithm::EdDsa
        }
        _ => return Err("is not of a type for RS256, ES256 or EdDSA (RSA, P-256, Ed25519)"),
    };
    if jwk
        .common
        .key_algorithm
        .is_some_and(|declared| declared != KeyAlgorithm::from(Algorithm::from(algorithm)))
    {
        return Err("is for another algorithm than RS256, ES256 or EdDSA (`alg`)");
    }
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| "is not properly encoded")?;
    check_size(&key)?;
    // Refuses a P-256 or Ed25519 key that is no point of its curve.
    (DEFAULT_PROVIDER.verifier_factory)(&algorithm.into(), &key).map_err(|_| "is not a valid public key")?;
    Ok(VerificationKey { id, algorithm, key })
}

/// Refuses keys of the wrong size, on which the verifier would panic (Ed25519) or fail later (RSA).
fn check_size(key: &DecodingKey) -> Result<(), &'static str> {
    match (key.kind(), key.family()) {
        (DecodingKeyKind::RsaModulusExponent { n, .. }, _) => {
            let bits = n.iter().skip_while(|byte| **byte == 0).count() * 8;
            let fits = RSA_BITS.contains(&bits);
            if fits { Ok(()) } else { Err("is an RSA key of less than 2048 or more than 4096 bits") }
        }
        (DecodingKeyKind::SecretOrDer(bytes), jsonwebtoken::AlgorithmFamily::Ed) if bytes.len() != 32 => {
            Err("is an Ed25519 key that is not 32 bytes long")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The public key of RFC 8037, appendix A.2.
    const ED25519_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn skipped(key: Value) -> String {
        let parsed = parse_jwks(json!({ "keys": [key] }).to_string().as_bytes()).unwrap();
        assert!(parsed.usable.is_empty());
        parsed.skipped[0].clone()
    }

    #[test]
    fn unusable_keys_are_left_out_and_named_and_the_others_stay() {
        let document = json!({"keys": [
            {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
            {"kty": "AKP", "kid": "quantum", "alg": "ML-DSA-44", "pub": "AA"},
            {"kty": "EC", "kid": "bitcoin", "crv": "secp256k1", "x": "AA", "y": "AA"},
            {"kty": "OKP", "kid": "good", "crv": "Ed25519", "x": ED25519_X},
        ]});
        let parsed = parse_jwks(document.to_string().as_bytes()).unwrap();
        assert_eq!(parsed.usable.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["good"]);
        assert_eq!(parsed.skipped.len(), 3);
        assert!(parsed.skipped[2].starts_with("keys[2]: "), "{:?}", parsed.skipped);
    }

    #[test]
    fn a_key_of_the_wrong_length_is_left_out_rather_than_panicked_on() {
        let why = skipped(json!({"kty": "OKP", "kid": "short", "crv": "Ed25519", "x": "AAAA"}));
        assert!(why.contains("32 bytes"), "{why}");
        let why = skipped(json!({"kty": "RSA", "kid": "short", "n": "AQAB", "e": "AQAB"}));
        assert!(why.contains("2048"), "{why}");
        let why = skipped(json!({"kty": "EC", "kid": "short", "crv": "P-256", "x": "AAAA", "y": "AAAA"}));
        assert!(why.contains("not a valid public key"), "{why}");
    }

    #[test]
    fn a_key_for_encryption_or_another_algorithm_or_without_a_name_is_left_out() {
        let good = json!({"kty": "OKP", "kid": "k", "crv": "Ed25519", "x": ED25519_X});
        for (field, value, expected) in
            [("use", json!("enc"), "`use`"), ("alg", json!("ES256"), "`alg`"), ("kid", Value::Null, "`kid`")]
        {
            let mut key = good.clone();
            key[field] = value;
            assert!(skipped(key).contains(expected));
        }
    }

    #[test]
    fn a_key_published_with_its_private_half_is_not_trusted() {
        let key = json!({"kty": "OKP", "kid": "k", "crv": "Ed25519", "x": ED25519_X, "d": "AA"});
        assert!(skipped(key).contains("private half"));
    }

    #[test]
    fn what_is_no_jwks_is_refused() {
        for document in ["", "[]", "{}", "<html>", r#"{"keys": {}}"#] {
            assert!(matches!(parse_jwks(document.as_bytes()), Err(JwksError::Malformed(_))), "{document}");
        }
        let many = json!({"keys": vec![json!({}); KEYS_MAX + 1]}).to_string();
        assert!(matches!(parse_jwks(many.as_bytes()), Err(JwksError::TooManyKeys { .. })));
    }
}

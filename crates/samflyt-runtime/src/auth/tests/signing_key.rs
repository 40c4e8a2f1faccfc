//! Keys made for a test, never kept.

use std::sync::OnceLock;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::pkcs8::EncodePrivateKey;
use rand::TryRngCore;
use rsa::pkcs1::EncodeRsaPrivateKey;
use serde_json::{Value, json};

/// A private key and its public half as a JWK.
#[derive(Clone)]
pub struct SigningKey {
    pub jwk: Value,
    pub algorithm: Algorithm,
    id: String,
    key: EncodingKey,
}

impl SigningKey {
    pub fn ed25519(id: &str) -> Self {
        let mut private = [0; 32];
        rand::rngs::OsRng.try_fill_bytes(&mut private).unwrap();
        let der = [&super::super::dev_issuer::PKCS8_ED25519[..], &private].concat();
        Self::new(id, Algorithm::EdDSA, EncodingKey::from_ed_der(&der))
    }

    pub fn p256(id: &str) -> Self {
        let der = p256::SecretKey::random(&mut rsa::rand_core::OsRng).to_pkcs8_der().unwrap();
        Self::new(id, Algorithm::ES256, EncodingKey::from_ec_der(der.as_bytes()))
    }

    /// One key per process, as it takes long to make.
    pub fn rsa(id: &str) -> Self {
        static DER: OnceLock<Vec<u8>> = OnceLock::new();
        let der = DER.get_or_init(|| {
            let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
            key.to_pkcs1_der().unwrap().as_bytes().to_vec()
        });
        Self::new(id, Algorithm::RS256, EncodingKey::from_rsa_der(der))
    }

    fn new(id: &str, algorithm: Algorithm, key: EncodingKey) -> Self {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key, algorithm).unwrap()).unwrap();
        jwk["kid"] = id.into();
        jwk["use"] = "sig".into();
        Self { jwk, algorithm, id: id.to_owned(), key }
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(json!({ "kid": self.id, "alg": format!("{:?}", self.algorithm) }), claims)
    }

    /// Signs with this key under whatever header.
    pub fn sign_as(&self, header: Value, claims: &Value) -> String {
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }

    /// A token signed with `secret` by HMAC, which names this key.
    pub fn forge_hs256(&self, secret: &[u8], claims: &Value) -> String {
        let header = Header { kid: Some(self.id.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
    }
}

/// One part of a token.
pub fn encode(json: &Value) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string())
}

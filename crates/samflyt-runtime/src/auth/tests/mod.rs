//! The authenticator against tokens, files and HTTP servers, with a clock that the test holds.

mod algorithms;
mod claims;
mod configuration;
mod dev_issuer;
mod key_server;
mod logging;
mod rotation_by_file;
mod rotation_by_url;
mod signing_key;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

use self::signing_key::SigningKey;
use super::*;
use crate::clock::FixedClock;

const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);
const ISSUER: &str = "https://issuer.invalid/";
const AUDIENCE: &str = "https://hub.invalid/";

/// An authenticator that trusts one issuer, whose key set is a file.
struct Hub {
    clock: Arc<FixedClock>,
    auth: Authenticator,
    jwks: PathBuf,
    _dir: TempDir,
}

impl Hub {
    async fn trusting(keys: &[&SigningKey]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let jwks = dir.path().join("jwks.json");
        std::fs::write(&jwks, document(keys)).unwrap();
        let clock = Arc::new(FixedClock::new(NOW));
        let config = trust(JwksLocation::File(jwks.clone()));
        let auth = Authenticator::new(config, clock.clone()).await.unwrap();
        Self { clock, auth, jwks, _dir: dir }
    }

    fn publish(&self, keys: &[&SigningKey]) {
        std::fs::write(&self.jwks, document(keys)).unwrap();
    }

    async fn accept(&self, token: &str) -> Arc<Principal> {
        self.auth.authenticate(Some(token)).await.unwrap()
    }

    /// Why the token is refused. Checks what holds for every refusal.
    async fn refuse(&self, token: &str) -> InvalidToken {
        refused(self.auth.authenticate(Some(token)).await, token)
    }
}

fn refused(outcome: Result<Arc<Principal>, AuthError>, token: &str) -> InvalidToken {
    let error = outcome.expect_err("the token was accepted");
    assert_eq!(error.reason(), "TOKEN_INVALID");
    let (text, debug) = (error.to_string(), format!("{error:?}"));
    for part in token.split('.').filter(|part| part.len() > 8) {
        assert!(!text.contains(part) && !debug.contains(part), "repeats the token: {text}");
    }
    assert!(
        text.contains(';') || text.contains("trusted:") || text.contains("must be"),
        "says not what to do: {text}"
    );
    match error {
        AuthError::Invalid(why) => why,
        AuthError::Missing => panic!("TOKEN_INVALID is not Missing"),
    }
}

fn trust(jwks: JwksLocation) -> AuthConfig {
    let issuer = IssuerConfig { issuer: ISSUER.to_owned(), audience: AUDIENCE.to_owned(), jwks };
    AuthConfig { issuers: vec![issuer], ..AuthConfig::default() }
}

fn document(keys: &[&SigningKey]) -> String {
    let keys: Vec<_> = keys.iter().map(|key| key.jwk.clone()).collect();
    json!({ "keys": keys }).to_string()
}

/// What Maskinporten writes into a token, valid for two minutes around [`NOW`].
fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": NOW.unix_timestamp(),
        "exp": NOW.unix_timestamp() + 120,
        "scope": "samflyt:publish samflyt:query",
        "client_id": "my-client",
        "consumer": organisation("910000001"),
    })
}

fn claims_with(field: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[field] = value;
    claims
}

fn claims_without(field: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(field).unwrap();
    claims
}

fn organisation(number: &str) -> Value {
    json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{number}") })
}

//! From a bearer token to a principal.

use std::sync::Arc;

use time::Duration;

use super::cache::{TokenCache, TokenDigest, Verified, digest};
use super::claims::Claims;
use super::config::{AuthConfig, IssuerConfig, JwksLocation};
use super::error::{AuthConfigError, AuthError, InvalidToken, quoted};
use super::issuer_keys::{IssuerKeys, KeySet};
use super::jws::{Jws, allowed_algorithm, bare_token};
use super::keys::SigningAlgorithm;
use super::principal::Principal;
use super::source::sources;
use crate::clock::SharedClock;

/// Verifies bearer tokens. One per process, shared by everything that takes calls.
pub struct Authenticator {
    issuers: Vec<Issuer>,
    cache: TokenCache,
    clock: SharedClock,
    clock_skew: Duration,
    token_bytes_max: usize,
}

struct Issuer {
    config: IssuerConfig,
    keys: IssuerKeys,
}

impl Authenticator {
    /// Checks the configuration and reads every key set. To be called before the first port opens.
    ///
    /// A key set in a file must be there and hold a usable key. One behind a URL may be missing for now, which is
    /// logged as a warning: it is fetched again when a token of its issuer comes.
    ///
    /// # Errors
    /// What is wrong with which field of the configuration, or with which file.
    pub async fn new(config: AuthConfig, clock: SharedClock) -> Result<Self, AuthConfigError> {
        config.check()?;
        let mut issuers = Vec::with_capacity(config.issuers.len());
        for (issuer, source) in config.issuers.iter().zip(sources(&config)?) {
            let keys = IssuerKeys::new(issuer.issuer.clone(), source, &config, Arc::clone(&clock));
            first_load(issuer, &keys).await?;
            issuers.push(Issuer { config: issuer.clone(), keys });
        }
        Ok(Self {
            issuers,
            cache: TokenCache::new(config.token_cache_entries_max),
            clock,
            clock_skew: Duration::seconds(config.clock_skew_seconds.into()),
            token_bytes_max: config.token_bytes_max,
        })
    }

    /// Who calls with `bearer`: a token, or the whole of the header `authorization` (`Bearer <token>`).
    ///
    /// May wait for a key set to be read, at most [`AuthConfig::jwks_fetch_timeout_ms`] and then as long as those before
    /// it in the queue; otherwise it is a hash and a lookup for a token seen before.
    ///
    /// # Errors
    /// [`AuthError::Missing`] without a token, [`AuthError::Invalid`] with one that is not accepted.
    pub async fn authenticate(&self, bearer: Option<&str>) -> Result<Arc<Principal>, AuthError> {
        let token = bare_token(bearer)?;
        if token.len() > self.token_bytes_max {
            let (bytes, bytes_max) = (token.len(), self.token_bytes_max);
            return Err(InvalidToken::TooLarge { bytes, bytes_max }.into());
        }
        let digest = digest(token);
        if let Some(principal) = self.remembered(&digest).await {
            return Ok(principal);
        }
        let verified = self.verify(token).await?;
        let principal = Arc::clone(&verified.principal);
        self.cache.insert(digest, verified);
        Ok(principal)
    }

    /// The principal of a token seen before, if it would still be accepted.
    async fn remembered(&self, digest: &TokenDigest) -> Option<Arc<Principal>> {
        let verified = self.cache.get(digest)?;
        let generation = self.issuers[verified.issuer].keys.current().await.generation;
        if generation != verified.generation {
            self.cache.keep_only(verified.issuer, generation);
            return None;
        }
        if verified.principal.is_expired(self.clock.now()) {
            self.cache.remove(digest);
            return None;
        }
        Some(verified.principal)
    }

    async fn verify(&self, token: &str) -> Result<Verified, InvalidToken> {
        let jws = Jws::parse(token)?;
        let algorithm = allowed_algorithm(&jws.header)?;
        let claims: Claims = jws.payload()?;
        let (index, issuer) = self.issuer(&claims)?;
        let generation = issuer.verify_signature(&jws, algorithm).await?;
        let principal = claims.into_principal(&issuer.config, self.clock.now(), self.clock_skew)?;
        Ok(Verified { principal: Arc::new(principal), issuer: index, generation })
    }

    /// The configured issuer that the token says it is of.
    fn issuer(&self, claims: &Claims) -> Result<(usize, &Issuer), InvalidToken> {
        let named = claims.iss.as_deref().ok_or(InvalidToken::ClaimMissing { claim: "iss" })?;
        let found = self.issuers.iter().enumerate().find(|(_, issuer)| issuer.config.issuer == named);
        found.ok_or_else(|| {
            let trusted: Vec<_> = self.issuers.iter().map(|issuer| issuer.config.issuer.as_str()).collect();
            InvalidToken::IssuerUnknown { issuer: quoted(named), trusted: trusted.join(", ") }
        })
    }
}

impl Issuer {
    /// Verifies the signature; gives the generation of the keys that it was verified with.
    async fn verify_signature(
        &self,
        jws: &Jws<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<u64, InvalidToken> {
        let key_id = jws.header.kid.as_deref().ok_or(InvalidToken::KeyIdMissing)?;
        let mut keys = self.keys.current().await;
        if keys.find(key_id).is_none() {
            keys = self.keys.after_unknown_key().await;
        }
        let key = keys.find(key_id).ok_or_else(|| self.key_unknown(key_id, &keys))?;
        if key.algorithm != algorithm {
            return Err(InvalidToken::AlgorithmMismatch {
                algorithm: algorithm.name(),
                key_id: quoted(key_id),
                expected: key.algorithm.name(),
            });
        }
        if !key.verifies(jws.signed, jws.signature) {
            return Err(InvalidToken::SignatureWrong { issuer: self.config.issuer.clone() });
        }
        Ok(keys.generation)
    }

    fn key_unknown(&self, key_id: &str, keys: &KeySet) -> InvalidToken {
        let issuer = self.config.issuer.clone();
        match keys.generation {
            0 => InvalidToken::KeysUnavailable { issuer },
            _ => InvalidToken::KeyUnknown { key_id: quoted(key_id), issuer },
        }
    }
}

async fn first_load(issuer: &IssuerConfig, keys: &IssuerKeys) -> Result<(), AuthConfigError> {
    let name = || issuer.issuer.clone();
    match (keys.load().await, &issuer.jwks) {
        (Ok(keys), JwksLocation::File(path)) if keys.is_empty() => {
            Err(AuthConfigError::NoUsableKeys { issuer: name(), path: path.clone() })
        }
        (Err(source), JwksLocation::File(path)) => {
            Err(AuthConfigError::Jwks { issuer: name(), path: path.clone(), source })
        }
        (Err(error), JwksLocation::Url(url)) => {
            let cause = error.cause();
            tracing::warn!(
                issuer = %issuer.issuer, location = %url, %error, cause,
                "the key set cannot be read; no token of this issuer is accepted until it can"
            );
            Ok(())
        }
        (Ok(_), _) => Ok(()),
    }
}

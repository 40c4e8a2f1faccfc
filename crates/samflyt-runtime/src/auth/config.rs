//! Which issuers are trusted, and the limits of verifying.

use std::fmt;
use std::path::PathBuf;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::error::AuthConfigError;

/// The `[auth]` section. Every field but `issuers` has a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthConfig {
    /// The issuers whose tokens are accepted; at least one, no name twice. Default: none, which is refused, as there is
    /// no unauthenticated way in. `SAMFLYT_AUTH__ISSUERS`
    pub issuers: Vec<IssuerConfig>,
    /// How far an issuer's clock may be from ours, in seconds; applied to `exp`, `nbf` and `iat`. Default 10, at most
    /// 300. `SAMFLYT_AUTH__CLOCK_SKEW_SECONDS`
    pub clock_skew_seconds: u32,
    /// The largest token accepted, in bytes. Default 8192. `SAMFLYT_AUTH__TOKEN_BYTES_MAX`
    pub token_bytes_max: usize,
    /// How many verified tokens are remembered. Default 10000; 0 verifies every token every time.
    /// `SAMFLYT_AUTH__TOKEN_CACHE_ENTRIES_MAX`
    pub token_cache_entries_max: usize,
    /// How often a key set in a file is read again, in seconds; it is also read at once for an unknown key id.
    /// Default 1. `SAMFLYT_AUTH__JWKS_FILE_CHECK_SECONDS`
    pub jwks_file_check_seconds: u32,
    /// How often a key set behind a URL is fetched again, in seconds; after a failure, ten times as often. Default 600.
    /// `SAMFLYT_AUTH__JWKS_REFRESH_SECONDS`
    pub jwks_refresh_seconds: u32,
    /// The least time between two fetches of a URL, in seconds, whatever key ids callers come with. Default 10.
    /// `SAMFLYT_AUTH__JWKS_FETCH_GAP_SECONDS`
    pub jwks_fetch_gap_seconds: u32,
    /// How long one fetch may take, in milliseconds; requests may have to wait for it. Default 3000.
    /// `SAMFLYT_AUTH__JWKS_FETCH_TIMEOUT_MS`
    pub jwks_fetch_timeout_ms: u32,
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self {
            issuers: Vec::new(),
            clock_skew_seconds: 10,
            token_bytes_max: 8 * 1024,
            token_cache_entries_max: 10_000,
            jwks_file_check_seconds: 1,
            jwks_refresh_seconds: 600,
            jwks_fetch_gap_seconds: 10,
            jwks_fetch_timeout_ms: 3_000,
        }
    }
}

/// One trusted issuer: an entry of `[[auth.issuers]]`. Every field is required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// What its tokens say in `iss`, to the letter: `https://maskinporten.no/` has a slash at the end.
    pub issuer: String,
    /// What its tokens must say in `aud` to be meant for this hub.
    pub audience: String,
    /// Its public keys: the path of a JWKS file, or a URL such as `https://maskinporten.no/jwk`.
    pub jwks: JwksLocation,
}

/// Where a key set is: in configuration a string, which is a URL if it begins with `https://` or `http://`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum JwksLocation {
    /// A file on this machine.
    File(PathBuf),
    /// Fetched with GET; redirects are not followed.
    Url(Url),
}

impl TryFrom<String> for JwksLocation {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once("://") {
            Some(("https" | "http", _)) => {
                let url =
                    Url::parse(&text).map_err(|error| format!("jwks: {text:?} is not a URL: {error}"))?;
                if !url.username().is_empty() || url.password().is_some() {
                    return Err("jwks: the URL holds a user name or password; key sets are public".to_owned());
                }
                Ok(Self::Url(url))
            }
            Some((scheme, _)) => {
                Err(format!("jwks: scheme {scheme:?} is not supported; give an https URL or a file's path"))
            }
            None if text.is_empty() => Err("jwks: empty; give an https URL or a file's path".to_owned()),
            None => Ok(Self::File(text.into())),
        }
    }
}

impl From<JwksLocation> for String {
    fn from(location: JwksLocation) -> Self {
        location.to_string()
    }
}

impl fmt::Display for JwksLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

impl AuthConfig {
    /// What can be checked without reading any key.
    pub(super) fn check(&self) -> Result<(), AuthConfigError> {
        if self.issuers.is_empty() {
            return Err(AuthConfigError::NoIssuers);
        }
        for (index, entry) in self.issuers.iter().enumerate() {
            for (field, value) in [("issuer", &entry.issuer), ("audience", &entry.audience)] {
                if value.trim().is_empty() {
                    return Err(AuthConfigError::Empty { index, field });
                }
            }
            if self.issuers[..index].iter().any(|earlier| earlier.issuer == entry.issuer) {
                return Err(AuthConfigError::IssuerTwice { issuer: entry.issuer.clone() });
            }
        }
        for (field, value, min, max) in [
            ("clock_skew_seconds", self.clock_skew_seconds.into(), 0, 300),
            ("token_bytes_max", self.token_bytes_max as u64, 512, 64 * 1024),
            ("token_cache_entries_max", self.token_cache_entries_max as u64, 0, 1_000_000),
            ("jwks_file_check_seconds", self.jwks_file_check_seconds.into(), 0, 3_600),
            ("jwks_refresh_seconds", self.jwks_refresh_seconds.into(), 10, 86_400),
            ("jwks_fetch_gap_seconds", self.jwks_fetch_gap_seconds.into(), 1, 3_600),
            ("jwks_fetch_timeout_ms", self.jwks_fetch_timeout_ms.into(), 100, 60_000),
        ] {
            if !(min..=max).contains(&value) {
                return Err(AuthConfigError::OutOfRange { field, value, min, max });
            }
        }
        Ok(())
    }
}

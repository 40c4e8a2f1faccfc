//! Why a token, a key set or a configuration was refused.

use std::path::PathBuf;

use time::OffsetDateTime;

/// Why a caller could not be authenticated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The call carries no token.
    #[error(
        "the call carries no token; send the header `authorization: Bearer <token>` with a token from Maskinporten"
    )]
    Missing,
    /// The token is not accepted.
    #[error("the token is not accepted: {0}")]
    Invalid(InvalidToken),
}

impl From<InvalidToken> for AuthError {
    fn from(invalid: InvalidToken) -> Self {
        Self::Invalid(invalid)
    }
}

impl AuthError {
    /// The stable reason: `TOKEN_MISSING` or `TOKEN_INVALID`.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing => "TOKEN_MISSING",
            Self::Invalid(_) => "TOKEN_INVALID",
        }
    }
}

/// What is wrong with a token. The text says what to do, and never repeats the token; what it quotes of the token's
/// fields is escaped and cut short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum InvalidToken {
    #[error("it has {bytes} bytes, and {bytes_max} is the most; ask for a token with fewer scopes")]
    TooLarge { bytes: usize, bytes_max: usize },
    #[error("it is malformed: {what}; send the access token as the issuer gave it, and nothing else")]
    Malformed { what: String },
    #[error("algorithm {algorithm} is not allowed; tokens must be signed with RS256, ES256 or EdDSA")]
    AlgorithmNotAllowed { algorithm: String },
    #[error("algorithm {algorithm} does not fit key {key_id}, which is for {expected}; get a new token")]
    AlgorithmMismatch { algorithm: &'static str, key_id: String, expected: &'static str },
    #[error("issuer {issuer} is not trusted; trusted: {trusted}")]
    IssuerUnknown { issuer: String, trusted: String },
    #[error("the header names no key (`kid`); get a token from an issuer that does")]
    KeyIdMissing,
    #[error(
        "unknown key id {key_id}: issuer {issuer} does not publish such a key (any more); get a new token"
    )]
    KeyUnknown { key_id: String, issuer: String },
    #[error(
        "the keys of issuer {issuer} could not be read yet; try again, and tell the hub's operator if it lasts"
    )]
    KeysUnavailable { issuer: String },
    #[error(
        "its signature is wrong: it was changed on the way, or not signed by issuer {issuer}; get a new token"
    )]
    SignatureWrong { issuer: String },
    #[error("audience is {audience}, expected {expected}; ask the issuer for a token for that audience")]
    AudienceWrong { audience: String, expected: String },
    #[error("it expired at {} (now {}); get a new token", rfc3339(.at), rfc3339(.now))]
    Expired { at: OffsetDateTime, now: OffsetDateTime },
    #[error(
        "it is not valid before {} (now {}); wait, or set the issuer's or the hub's clock right",
        rfc3339(.from), rfc3339(.now)
    )]
    NotYetValid { from: OffsetDateTime, now: OffsetDateTime },
    #[error("`{claim}` is missing; get a token of the kind that Maskinporten issues")]
    ClaimMissing { claim: &'static str },
    #[error("`{claim}` is {value}, which is no Norwegian organisation: {expected}")]
    OrganisationInvalid { claim: &'static str, value: String, expected: &'static str },
}

/// Why a key set could not be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum JwksError {
    #[error("the file cannot be read")]
    File(#[source] std::io::Error),
    #[error("the fetch failed")]
    Fetch(#[source] reqwest::Error),
    #[error("the server answered {0}")]
    Status(reqwest::StatusCode),
    #[error("it is larger than {bytes_max} bytes")]
    TooLarge { bytes_max: usize },
    #[error("it is no JWKS document (RFC 7517, section 5: an object with an array `keys`)")]
    Malformed(#[source] serde_json::Error),
    #[error("it has more than {keys_max} keys")]
    TooManyKeys { keys_max: usize },
}

impl JwksError {
    /// What it came from, for a log line: the sources' texts, outermost first.
    pub(super) fn cause(&self) -> String {
        let first = std::error::Error::source(self);
        let texts: Vec<_> =
            std::iter::successors(first, |error| error.source()).map(ToString::to_string).collect();
        texts.join(": ")
    }
}

/// Why the configuration of authentication was refused.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum AuthConfigError {
    #[error("auth.issuers is empty: nobody could call; configure an issuer, or use the development issuer")]
    NoIssuers,
    #[error("auth.issuers[{index}].{field} is empty")]
    Empty { index: usize, field: &'static str },
    #[error("auth.issuers names {issuer} twice; give each issuer one entry")]
    IssuerTwice { issuer: String },
    #[error("auth.{field} is {value}; it must be from {min} to {max}")]
    OutOfRange { field: &'static str, value: u64, min: u64, max: u64 },
    #[error("auth.issuers: the key set of {issuer} in {path} cannot be used")]
    Jwks { issuer: String, path: PathBuf, source: JwksError },
    #[error(
        "auth.issuers: the key set of {issuer} in {path} has no key for RS256, ES256 or EdDSA with a `kid`"
    )]
    NoUsableKeys { issuer: String, path: PathBuf },
    #[error(
        "auth.issuers: no HTTP client for fetching key sets; are CA certificates installed on this machine?"
    )]
    HttpClient(#[source] reqwest::Error),
}

fn rfc3339(moment: &OffsetDateTime) -> String {
    moment.format(&time::format_description::well_known::Rfc3339).unwrap_or_else(|_| moment.to_string())
}

/// A field of a token as an error may repeat it: escaped, in quotes, at most 100 characters.
pub(super) fn quoted(value: &str) -> String {
    const CHARS_MAX: usize = 100;
    if value.chars().nth(CHARS_MAX).is_none() {
        return format!("{value:?}");
    }
    let start: String = value.chars().take(CHARS_MAX).collect();
    format!("{start:?}…")
}

//! The outer form of a token: three parts ([RFC 7515], compact serialisation), read before anything in it is believed.
//!
//! [RFC 7515]: https://www.rfc-editor.org/rfc/rfc7515

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{AuthError, InvalidToken, quoted};

/// A token taken apart. Nothing in it has been verified; it borrows the token and is never printed.
pub(super) struct Jws<'a> {
    /// What the signature is over: header and payload as they were sent.
    pub signed: &'a str,
    /// The signature, as it was sent.
    pub signature: &'a str,
    /// The header.
    pub header: JwsHeader,
    payload: &'a str,
}

/// The fields of the header that matter here; `jwk`, `jku` and `x5c` are ignored, as a token may not bring its own key.
#[derive(Deserialize)]
pub(super) struct JwsHeader {
    pub alg: String,
    pub kid: Option<String>,
    crit: Option<serde::de::IgnoredAny>,
}

/// The token within what the caller sent: the whole of it, or what follows `Bearer `.
pub(super) fn bare_token(bearer: Option<&str>) -> Result<&str, AuthError> {
    let sent = bearer.unwrap_or_default().trim();
    let token = match sent.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim_start(),
        Some(_) => return Err(malformed("the authorization scheme is not `Bearer`").into()),
        None if sent.eq_ignore_ascii_case("bearer") => "",
        None => sent,
    };
    if token.is_empty() { Err(AuthError::Missing) } else { Ok(token) }
}

impl<'a> Jws<'a> {
    /// Takes a token apart.
    pub fn parse(token: &'a str) -> Result<Self, InvalidToken> {
        let (signed, signature) = token.rsplit_once('.').ok_or_else(not_three_parts)?;
        let (header, payload) = signed.split_once('.').ok_or_else(not_three_parts)?;
        if payload.contains('.') {
            return Err(not_three_parts());
        }
        let header: JwsHeader = part(header, "header")?;
        if header.crit.is_some() {
            // RFC 7515, section 4.1.11: extensions marked critical must be understood, and none is.
            return Err(malformed("the header has `crit` extensions, which this hub does not know"));
        }
        Ok(Self { signed, signature, header, payload })
    }

    /// The payload, read as `T`.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, InvalidToken> {
        part(self.payload, "payload")
    }
}

fn part<T: DeserializeOwned>(encoded: &str, name: &str) -> Result<T, InvalidToken> {
    let json = URL_SAFE_NO_PAD
        .decode(encoded)
        .map_err(|_| malformed(&format!("the {name} is not base64url without padding")))?;
    // serde's message may repeat values of the token: name the place only.
    serde_json::from_slice(&json).map_err(|error| {
        let why = match error.classify() {
            serde_json::error::Category::Data => "lacks a required field or has one of the wrong type",
            _ => "is not JSON",
        };
        malformed(&format!("the {name} {why} (column {})", error.column()))
    })
}

pub(super) fn malformed(what: &str) -> InvalidToken {
    InvalidToken::Malformed { what: what.to_owned() }
}

fn not_three_parts() -> InvalidToken {
    malformed("it does not consist of three parts with full stops between them")
}

/// The algorithm named by the header, if it is allowed.
pub(super) fn allowed_algorithm(header: &JwsHeader) -> Result<super::keys::SigningAlgorithm, InvalidToken> {
    super::keys::SigningAlgorithm::from_name(&header.alg)
        .ok_or_else(|| InvalidToken::AlgorithmNotAllowed { algorithm: quoted(&header.alg) })
}

//! What a token says, and whether it holds now and here. Pure: (claims, issuer, time) -> principal or what is wrong.
//!
//! The form is Maskinporten's: <https://docs.digdir.no/docs/Maskinporten/maskinporten_protocol_token>.

use serde::Deserialize;
use serde_json::{Number, Value};
use time::{Duration, OffsetDateTime};

use super::config::IssuerConfig;
use super::error::{InvalidToken, quoted};
use super::jws::malformed;
use super::principal::Principal;

/// The claims that are read. Others are allowed and ignored.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub iss: Option<String>,
    aud: Option<Audience>,
    exp: Option<Number>,
    nbf: Option<Number>,
    iat: Option<Number>,
    scope: Option<String>,
    client_id: Option<String>,
    consumer: Option<Value>,
    supplier: Option<Value>,
}

/// RFC 7519, section 4.1.3: one audience or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Claims {
    /// The principal that these claims of a token with a *verified* signature stand for.
    pub fn into_principal(
        self,
        expected: &IssuerConfig,
        now: OffsetDateTime,
        skew: Duration,
    ) -> Result<Principal, InvalidToken> {
        self.check_audience(&expected.audience)?;
        let expires_at = self.check_times(now, skew)?;
        let consumer = self.consumer.ok_or(InvalidToken::ClaimMissing { claim: "consumer" })?;
        Ok(Principal {
            issuer: expected.issuer.clone(),
            client_id: self.client_id,
            consumer: organisation_number("consumer", &consumer)?,
            supplier: self.supplier.as_ref().map(|id| organisation_number("supplier", id)).transpose()?,
            scopes: self.scope.unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect(),
            expires_at,
        })
    }

    fn check_audience(&self, expected: &str) -> Result<(), InvalidToken> {
        let named: &[String] = match self.aud.as_ref().ok_or(InvalidToken::ClaimMissing { claim: "aud" })? {
            Audience::One(audience) => std::slice::from_ref(audience),
            Audience::Several(audiences) => audiences,
        };
        if named.iter().any(|audience| audience == expected) {
            return Ok(());
        }
        Err(InvalidToken::AudienceWrong { audience: quoted(&named.join(" ")), expected: quoted(expected) })
    }

    /// Checks `exp`, `nbf` and `iat`; gives the moment from which the token is refused.
    fn check_times(&self, now: OffsetDateTime, skew: Duration) -> Result<OffsetDateTime, InvalidToken> {
        let expires = moment("exp", self.exp.as_ref())?.ok_or(InvalidToken::ClaimMissing { claim: "exp" })?;
        let refused_from = expires.saturating_add(skew);
        if now >= refused_from {
            return Err(InvalidToken::Expired { at: expires, now });
        }
        let starts = [moment("nbf", self.nbf.as_ref())?, moment("iat", self.iat.as_ref())?];
        match starts.into_iter().flatten().max() {
            Some(from) if from.saturating_sub(skew) > now => Err(InvalidToken::NotYetValid { from, now }),
            _ => Ok(refused_from),
        }
    }
}

/// A NumericDate (RFC 7519, section 2): seconds since 1970, possibly with a fraction, which is dropped.
fn moment(claim: &str, seconds: Option<&Number>) -> Result<Option<OffsetDateTime>, InvalidToken> {
    let Some(seconds) = seconds else { return Ok(None) };
    // The cast saturates, and what saturates is out of range.
    let whole = seconds.as_i64().or_else(|| seconds.as_f64().map(|seconds| seconds as i64));
    let moment = whole.and_then(|whole| OffsetDateTime::from_unix_timestamp(whole).ok());
    moment
        .map(Some)
        .ok_or_else(|| malformed(&format!("`{claim}` is no time between the years -9999 and 9999")))
}

/// The nine digits of `{"authority": "iso6523-actorid-upis", "ID": "0192:<nine digits>"}` (ISO 6523; 0192 is the
/// Norwegian register of legal entities). The check digit is the registry's concern.
fn organisation_number(claim: &'static str, value: &Value) -> Result<String, InvalidToken> {
    let invalid = |value: String, expected| InvalidToken::OrganisationInvalid { claim, value, expected };
    let text = |field: &str| value.get(field).and_then(Value::as_str);
    match text("authority") {
        Some("iso6523-actorid-upis") => {}
        other => {
            let found = format!("of authority {}", quoted(other.unwrap_or_default()));
            return Err(invalid(found, "`authority` must be \"iso6523-actorid-upis\""));
        }
    }
    let id = text("ID").unwrap_or_default();
    let number = id.strip_prefix("0192:").filter(|n| n.len() == 9 && n.bytes().all(|b| b.is_ascii_digit()));
    number.map(str::to_owned).ok_or_else(|| {
        invalid(quoted(id), "`ID` must be \"0192:\" and an organisation number of nine digits")
    })
}

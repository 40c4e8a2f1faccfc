//! The two documents of an auth callout: the broker's question who a connecting client is, and our answer.
//!
//! Pure: no connection, no clock. Both are JWTs signed with nkeys (NATS ADR-26, JWT version 2). The answer carries a
//! second JWT, which describes the user the broker shall make of the client. Kept true: an answer never allows more than
//! it lists. (An empty list means *everything* to the broker, so it becomes a denial of everything here.)

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The only header in use.
const HEADER: &str = r#"{"typ":"JWT","alg":"ed25519-nkey"}"#;
const REQUEST_AUDIENCE: &str = "nats-authorization-request";
/// Of the claims' format.
const CLAIMS_VERSION: u8 = 2;

/// Why a document could not be read or written. Never contains any of it: it holds a bearer token.
#[derive(Debug, thiserror::Error)]
pub enum UserJwtError {
    #[error("the auth-callout request is not a JWT of three parts")]
    NotAJwt,
    #[error("the auth-callout request's {0} cannot be decoded")]
    Undecodable(&'static str),
    #[error("the auth-callout request is not signed by the server it names")]
    BadSignature,
    #[error("the JWT is for {0:?}, not an auth-callout request")]
    OtherAudience(String),
    #[error("the auth-callout issuer's seed cannot be used")]
    BadSeed,
    #[error("a user without a name would keep whatever name the client gave itself")]
    NoName,
}

/// What the broker asks: may this client connect, and as whom?
#[derive(Clone)]
pub struct CalloutRequest {
    /// The nkey that the broker gave the connection; the answer is for it alone.
    pub user_nkey: String,
    /// The broker's own id; the answer's audience.
    pub server_id: String,
    /// What the client presented, as NATS token, JWT or password. Not yet verified by anyone.
    pub bearer_token: Option<String>,
    /// What the client calls itself. Anyone may claim any name.
    pub client_name: Option<String>,
    /// The client's address as the broker sees it.
    pub client_host: String,
}

impl fmt::Debug for CalloutRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CalloutRequest")
            .field("user_nkey", &self.user_nkey)
            .field("server_id", &self.server_id)
            .field("client_host", &self.client_host)
            .finish_non_exhaustive()
    }
}

/// The user to make of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPermissions {
    /// The account it is placed in.
    pub account: String,
    /// Its name, never empty: what the broker calls it in its connection list and its log.
    pub name: String,
    /// Subjects it may publish to; none when empty.
    pub publish: Vec<String>,
    /// Subjects it may subscribe to; none when empty.
    pub subscribe: Vec<String>,
    /// When the broker disconnects it.
    pub expires_at: Option<OffsetDateTime>,
}

/// Reads the payload of a message on `$SYS.REQ.USER.AUTH`.
///
/// # Errors
/// When it is no auth-callout request, or not signed by the server that it names.
pub fn decode_request(jwt: &str) -> Result<CalloutRequest, UserJwtError> {
    let claims: RequestClaims = verified(jwt)?;
    if claims.aud != REQUEST_AUDIENCE {
        return Err(UserJwtError::OtherAudience(claims.aud));
    }
    let RequestBody { server_id, user_nkey, client_info, connect_opts: connect } = claims.nats;
    let given = |value: Option<String>| value.filter(|value| !value.is_empty());
    Ok(CalloutRequest {
        user_nkey,
        server_id: server_id.id,
        bearer_token: given(connect.auth_token).or(given(connect.jwt)).or(given(connect.pass)),
        client_name: given(connect.name),
        client_host: client_info.host,
    })
}

/// The payload of the reply: the user to make of the client, or why it may not connect. The broker logs the reason; the
/// client hears "authorization violation" only.
///
/// # Errors
/// [`UserJwtError::BadSeed`] when the seed is none, [`UserJwtError::NoName`] when the user has no name: the broker would
/// take the name that the client gave.
pub fn sign_response(
    issuer_seed: &str,
    request: &CalloutRequest,
    answer: Result<UserPermissions, String>,
    now: OffsetDateTime,
) -> Result<String, UserJwtError> {
    let issuer = KeyPair::from_seed(issuer_seed).map_err(|_| UserJwtError::BadSeed)?;
    let issued_at = now.unix_timestamp();
    let (user, error) = match answer {
        Ok(permissions) => (Some(user_jwt(&issuer, &request.user_nkey, permissions, issued_at)?), None),
        Err(why) => (None, Some(why)),
    };
    let response = Response {
        kind: "authorization_response",
        version: CLAIMS_VERSION,
        jwt: user,
        error: error.as_deref(),
    };
    let claims = Claims {
        iss: issuer.public_key(),
        sub: &request.user_nkey,
        aud: &request.server_id,
        name: None,
        iat: issued_at,
        exp: None,
        nats: response,
    };
    signed(&issuer, &claims)
}

fn user_jwt(
    issuer: &KeyPair,
    user: &str,
    to: UserPermissions,
    issued_at: i64,
) -> Result<String, UserJwtError> {
    if to.name.is_empty() {
        return Err(UserJwtError::NoName);
    }
    let body = User {
        kind: "user",
        version: CLAIMS_VERSION,
        publish: Subjects::only(&to.publish),
        subscribe: Subjects::only(&to.subscribe),
        subs: -1,
        data: -1,
        payload: -1,
    };
    let claims = Claims {
        iss: issuer.public_key(),
        sub: user,
        aud: &to.account,
        name: Some(&to.name),
        iat: issued_at,
        exp: to.expires_at.map(OffsetDateTime::unix_timestamp),
        nats: body,
    };
    signed(issuer, &claims)
}

/// The claims of a JWT whose signature is its issuer's.
fn verified<T: DeserializeOwned>(jwt: &str) -> Result<T, UserJwtError> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    let (signed, signature) = jwt.rsplit_once('.').ok_or(UserJwtError::NotAJwt)?;
    let (_, claims) = signed.split_once('.').ok_or(UserJwtError::NotAJwt)?;
    let claims = decoded(claims, "claims")?;
    let Issuer { iss } = parsed(&claims)?;
    let issuer = KeyPair::from_public_key(&iss).map_err(|_| UserJwtError::Undecodable("issuer"))?;
    let signature = decoded(signature, "signature")?;
    issuer.verify(signed.as_bytes(), &signature).map_err(|_| UserJwtError::BadSignature)?;
    parsed(&claims)
}

fn decoded(part: &str, what: &'static str) -> Result<Vec<u8>, UserJwtError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| UserJwtError::Undecodable(what))
}

fn parsed<T: DeserializeOwned>(claims: &[u8]) -> Result<T, UserJwtError> {
    serde_json::from_slice(claims).map_err(|_| UserJwtError::Undecodable("claims"))
}

fn signed(issuer: &KeyPair, claims: &impl Serialize) -> Result<String, UserJwtError> {
    let claims = serde_json::to_vec(claims).map_err(|_| UserJwtError::Undecodable("claims"))?;
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let signature = issuer.sign(text.as_bytes()).map_err(|_| UserJwtError::BadSeed)?;
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[derive(Deserialize)]
struct RequestClaims {
    aud: String,
    nats: RequestBody,
}

#[derive(Deserialize)]
struct RequestBody {
    server_id: ServerId,
    user_nkey: String,
    client_info: ClientInfo,
    connect_opts: ConnectOptions,
}

#[derive(Deserialize)]
struct ServerId {
    id: String,
}

#[derive(Deserialize)]
struct ClientInfo {
    #[serde(default)]
    host: String,
}

#[derive(Deserialize)]
struct ConnectOptions {
    auth_token: Option<String>,
    jwt: Option<String>,
    pass: Option<String>,
    name: Option<String>,
}

#[derive(Serialize)]
struct Claims<'a, T> {
    iss: String,
    sub: &'a str,
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    nats: T,
}

#[derive(Serialize)]
struct Response<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    version: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct User<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    version: u8,
    #[serde(rename = "pub")]
    publish: Subjects<'a>,
    #[serde(rename = "sub")]
    subscribe: Subjects<'a>,
    /// Subscriptions, bytes sent, bytes in a message: -1 sets no limit below the account's and the server's.
    subs: i64,
    data: i64,
    payload: i64,
}

#[derive(Serialize)]
struct Subjects<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allow: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    deny: &'a [&'static str],
}

impl<'a> Subjects<'a> {
    fn only(allow: &'a [String]) -> Self {
        Self { allow, deny: if allow.is_empty() { &[">"] } else { &[] } }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;

    fn request_jwt(connect_opts: Value) -> String {
        let server = KeyPair::new_server();
        let claims = json!({
            "iss": server.public_key(), "aud": REQUEST_AUDIENCE, "sub": "AISSUER",
            "nats": {
                "server_id": {"name": "samflyt", "host": "127.0.0.1", "id": server.public_key()},
                "user_nkey": "UUSER", "client_info": {"host": "10.0.0.7", "id": 5, "kind": "Client"},
                "connect_opts": connect_opts, "type": "authorization_request", "version": 2
            }
        });
        signed(&server, &claims).unwrap()
    }

    fn permissions() -> UserPermissions {
        UserPermissions {
            account: "SYSTEMS".to_owned(),
            name: "vinje-agresso".to_owned(),
            publish: vec!["ingest.vinje.vinje-agresso".to_owned()],
            subscribe: vec![],
            expires_at: Some(datetime!(2027-01-01 01:00 UTC)),
        }
    }

    fn answer(answer: Result<UserPermissions, String>) -> (String, Value) {
        let issuer = KeyPair::new_account();
        let request = decode_request(&request_jwt(json!({}))).unwrap();
        let now = datetime!(2027-01-01 00:00 UTC);
        let jwt = sign_response(&issuer.seed().unwrap(), &request, answer, now).unwrap();
        let claims: Value = verified(&jwt).unwrap();
        assert_eq!(claims["sub"], "UUSER");
        assert_eq!(claims["aud"], request.server_id);
        (issuer.public_key(), claims)
    }

    #[test]
    fn a_bearer_token_is_found_wherever_a_client_may_put_it() {
        for field in ["auth_token", "jwt", "pass"] {
            let request = decode_request(&request_jwt(json!({field: "t0ken", "name": "agresso"}))).unwrap();
            assert_eq!(request.bearer_token.as_deref(), Some("t0ken"), "{field}");
            assert_eq!(request.client_name.as_deref(), Some("agresso"));
            assert_eq!(request.client_host, "10.0.0.7");
        }
        assert_eq!(decode_request(&request_jwt(json!({"auth_token": ""}))).unwrap().bearer_token, None);
    }

    #[test]
    fn a_request_that_was_changed_is_refused() {
        let jwt = request_jwt(json!({"auth_token": "mine"}));
        let (header, rest) = jwt.split_once('.').unwrap();
        let (claims, signature) = rest.split_once('.').unwrap();
        let changed = String::from_utf8(decoded(claims, "").unwrap()).unwrap().replace("mine", "your");
        let jwt = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(changed));
        assert!(matches!(decode_request(&jwt), Err(UserJwtError::BadSignature)));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for text in ["", "a", "a.b", "a.b.c", "....", "a.é.c"] {
            assert!(decode_request(text).is_err(), "{text}");
        }
        let account = KeyPair::new_account();
        let claims = json!({"iss": account.public_key(), "aud": "SYSTEMS", "nats": {
            "server_id": {"id": ""}, "user_nkey": "", "client_info": {}, "connect_opts": {}}});
        assert!(matches!(
            decode_request(&signed(&account, &claims).unwrap()),
            Err(UserJwtError::OtherAudience(_))
        ));
    }

    #[test]
    fn an_accepted_client_becomes_a_user_who_may_do_what_is_listed() {
        let (issuer, claims) = answer(Ok(permissions()));
        let user: Value = verified(claims["nats"]["jwt"].as_str().unwrap()).unwrap();
        assert_eq!(user["iss"], issuer);
        assert_eq!(
            (&user["sub"], &user["aud"], &user["name"]),
            (&json!("UUSER"), &json!("SYSTEMS"), &json!("vinje-agresso"))
        );
        assert_eq!(user["exp"], 1_798_765_200);
        assert_eq!(user["nats"]["pub"], json!({"allow": ["ingest.vinje.vinje-agresso"]}));
    }

    #[test]
    fn an_empty_list_denies_everything() {
        let (_, claims) = answer(Ok(permissions()));
        let user: Value = verified(claims["nats"]["jwt"].as_str().unwrap()).unwrap();
        assert_eq!(user["nats"]["sub"], json!({"deny": [">"]}));
    }

    #[test]
    fn a_user_without_a_name_is_not_made() {
        let request = decode_request(&request_jwt(json!({}))).unwrap();
        let seed = KeyPair::new_account().seed().unwrap();
        let nameless = UserPermissions { name: String::new(), ..permissions() };
        let answer = sign_response(&seed, &request, Ok(nameless), datetime!(2027-01-01 00:00 UTC));
        assert!(matches!(answer, Err(UserJwtError::NoName)));
    }

    #[test]
    fn a_refused_client_gets_no_user() {
        let (_, claims) = answer(Err("token expired".to_owned()));
        assert_eq!(claims["nats"]["error"], "token expired");
        assert_eq!(claims["nats"].get("jwt"), None);
    }

    #[test]
    fn a_token_is_never_shown() {
        let request = decode_request(&request_jwt(json!({"auth_token": "t0ken"}))).unwrap();
        assert!(!format!("{request:?}").contains("t0ken"));
    }
}

//! An issuer for development and tests, so that the demo has no unauthenticated way in either.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rand::TryRngCore;
use serde_json::json;
use time::Duration;

use super::config::{AuthConfig, IssuerConfig, JwksLocation};
use crate::clock::SharedClock;

/// What comes before the 32 bytes of an Ed25519 private key in PKCS#8 (RFC 8410, section 10.3).
pub(super) const PKCS8_ED25519: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Issues tokens in Maskinporten's form, signed with an Ed25519 key of its own. For development only: whoever can read
/// its directory can be anybody.
pub struct DevIssuer {
    jwks_path: PathBuf,
    key: EncodingKey,
    key_id: String,
    clock: SharedClock,
}

/// What a token shall say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// Organisation number, nine digits, of whoever calls or is called for.
    pub consumer: String,
    /// Organisation number, nine digits, of the vendor that calls for the consumer.
    pub supplier: Option<String>,
    /// The client at the issuer.
    pub client_id: Option<String>,
    /// Scopes, such as `samflyt:publish`.
    pub scopes: BTreeSet<String>,
    /// How long the token shall be valid; in whole seconds.
    pub lifetime: Duration,
}

/// Why the development issuer could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum DevIssuerError {
    /// Its directory or one of its files.
    #[error("the development issuer cannot use {path}")]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// What the machine said.
        source: io::Error,
    },
    /// The machine gave no random bytes.
    #[error("no random bytes for the development issuer's key")]
    Random(#[source] <rand::rngs::OsRng as TryRngCore>::Error),
    /// The key on disk is none.
    #[error(
        "{path} is no Ed25519 private key; delete it to get a new one (tokens issued so far become invalid)"
    )]
    Key {
        /// The key's file.
        path: PathBuf,
        /// What is wrong with it.
        source: jsonwebtoken::errors::Error,
    },
    /// The token could not be signed.
    #[error("the token cannot be signed")]
    Sign(#[source] jsonwebtoken::errors::Error),
    /// A token for this organisation would never be accepted.
    #[error("{number:?} is no organisation number: give nine digits")]
    OrganisationNumber {
        /// What was given.
        number: String,
    },
}

impl DevIssuer {
    /// Its tokens' `iss`. The domain cannot exist (RFC 2606).
    pub const ISSUER: &str = "https://samflyt.invalid/dev-issuer";
    /// Its tokens' `aud`.
    pub const AUDIENCE: &str = "samflyt";

    /// Opens the issuer in `<dir>/dev-issuer`, making directory and key if they are not there: `private-key.der`
    /// (PKCS#8, for the owner only) and `jwks.json`. Several processes may open the same one.
    ///
    /// # Errors
    /// If the files cannot be written or read, or are not what they should be.
    pub fn open(dir: &Path, clock: SharedClock) -> Result<Self, DevIssuerError> {
        let home = dir.join("dev-issuer");
        DirBuilder::new().recursive(true).mode(0o700).create(&home).map_err(at(&home))?;
        let (key_path, jwks_path) = (home.join("private-key.der"), home.join("jwks.json"));
        let key = EncodingKey::from_ed_der(&read_or_make_key(&key_path)?);
        let invalid = |source| DevIssuerError::Key { path: key_path.clone(), source };
        let mut public = Jwk::from_encoding_key(&key, Algorithm::EdDSA).map_err(invalid)?;
        let key_id = public.thumbprint(ThumbprintHash::SHA256).map_err(invalid)?;
        public.common.key_id = Some(key_id.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        let jwks = format!("{:#}\n", json!({ "keys": [public] }));
        if fs::read(&jwks_path).ok().as_deref() != Some(jwks.as_bytes()) {
            let draft = write_draft(&jwks_path, jwks.as_bytes(), 0o644)?;
            fs::rename(&draft, &jwks_path).map_err(at(&jwks_path))?;
        }
        tracing::warn!(
            issuer = Self::ISSUER,
            directory = %home.display(),
            "the development issuer is for development only: whoever can read its directory can be anybody"
        );
        Ok(Self { jwks_path, key, key_id, clock })
    }

    /// Issues a token. It is a secret until it expires.
    ///
    /// # Errors
    /// If an organisation number has not nine digits.
    pub fn issue(&self, request: &TokenRequest) -> Result<String, DevIssuerError> {
        let now = self.clock.now().unix_timestamp();
        let scopes: Vec<_> = request.scopes.iter().map(String::as_str).collect();
        let mut claims = json!({
            "iss": Self::ISSUER,
            "aud": Self::AUDIENCE,
            "iat": now,
            "exp": now.saturating_add(request.lifetime.whole_seconds()),
            "scope": scopes.join(" "),
            "consumer": organisation(&request.consumer)?,
        });
        if let Some(supplier) = &request.supplier {
            claims["supplier"] = organisation(supplier)?;
        }
        if let Some(client_id) = &request.client_id {
            claims["client_id"] = client_id.as_str().into();
        }
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(DevIssuerError::Sign)
    }

    /// The entry of `auth.issuers` with which its tokens are accepted.
    pub fn issuer_config(&self) -> IssuerConfig {
        IssuerConfig {
            issuer: Self::ISSUER.to_owned(),
            audience: Self::AUDIENCE.to_owned(),
            jwks: JwksLocation::File(self.jwks_path.clone()),
        }
    }

    /// A configuration that trusts this issuer alone.
    pub fn auth_config(&self) -> AuthConfig {
        AuthConfig { issuers: vec![self.issuer_config()], ..AuthConfig::default() }
    }
}

fn organisation(number: &str) -> Result<serde_json::Value, DevIssuerError> {
    if number.len() != 9 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DevIssuerError::OrganisationNumber { number: number.to_owned() });
    }
    Ok(json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{number}") }))
}

fn read_or_make_key(path: &Path) -> Result<Vec<u8>, DevIssuerError> {
    if !path.try_exists().map_err(at(path))? {
        let mut private = [0; 32];
        rand::rngs::OsRng.try_fill_bytes(&mut private).map_err(DevIssuerError::Random)?;
        let draft = write_draft(path, &[&PKCS8_ED25519[..], &private].concat(), 0o600)?;
        // Unlike a rename, this leaves the key of a process that was quicker in place.
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft).map_err(at(&draft))?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(at(path)(error)),
            _ => {}
        }
    }
    fs::read(path).map_err(at(path))
}

/// Writes `content` to a file beside `path`, complete before it gets the name that others look for.
fn write_draft(path: &Path, content: &[u8], mode: u32) -> Result<PathBuf, DevIssuerError> {
    static DRAFTS: AtomicU32 = AtomicU32::new(0);
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = path.with_extension(format!("{}-{number}.draft", std::process::id()));
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&draft)?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().map_err(at(&draft))?;
    Ok(draft)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> DevIssuerError + '_ {
    move |source| DevIssuerError::Io { path: path.to_owned(), source }
}

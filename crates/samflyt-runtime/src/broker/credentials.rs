//! Who may enter the broker: made once per directory, then reused.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use rand::RngCore;
use serde::{Deserialize, Serialize};

/// Users, passwords and the auth-callout issuer. No `Debug`: these are secrets.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    pub hub_user: String,
    pub hub_password: String,
    pub sys_user: String,
    pub sys_password: String,
    pub auth_issuer_seed: String,
}

impl Credentials {
    /// Those kept in this file, or new ones, which are then kept there.
    pub fn kept_in(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(text) => serde_json::from_slice(&text).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let credentials = Self::generate()?;
                write_private(path, &serde_json::to_vec_pretty(&credentials)?)?;
                Ok(credentials)
            }
            Err(error) => Err(error),
        }
    }

    pub fn generate() -> io::Result<Self> {
        Ok(Self {
            hub_user: "hub".to_owned(),
            hub_password: password(),
            sys_user: "sys".to_owned(),
            sys_password: password(),
            auth_issuer_seed: KeyPair::new_account().seed().map_err(io::Error::other)?,
        })
    }

    /// The public half of the auth-callout issuer: what the server's configuration names.
    pub fn auth_issuer(&self) -> io::Result<String> {
        let pair = KeyPair::from_seed(&self.auth_issuer_seed)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(pair.public_key())
    }
}

/// Replaces the file in one step; only its owner may read it.
pub(super) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

/// 192 random bits.
#[expect(clippy::disallowed_methods, reason = "a secret must not follow from a seed")]
fn password() -> String {
    let mut bytes = [0; 24];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn kept_credentials_are_reused_and_readable_by_their_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials.json");
        let first = Credentials::kept_in(&path).unwrap();
        let second = Credentials::kept_in(&path).unwrap();
        assert_eq!(first.hub_password, second.hub_password);
        assert_eq!(first.auth_issuer_seed, second.auth_issuer_seed);
        assert_ne!(first.hub_password, first.sys_password);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

//! The archive's own protection: what leaves this process for the log or for sled is sealed under a key of the tenant.
//!
//! AES-256-GCM. Sealed bytes are `1`, the key's number (4 bytes, big-endian), the nonce (12), the ciphertext with its tag;
//! the associated data is the place that they were made for, so that none can stand in for another. The key file is JSON,
//! one file a tenant; with it, a dozen lines in any language read the archive.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::RwLock;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use samflyt_events::TenantId;
use serde::{Deserialize, Serialize};

const VERSION: u8 = 1;
const HEAD: usize = 1 + 4 + 12;

/// The archive's key of a tenant cannot be used. Nothing is overwritten.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the archive's key {path} cannot be read or written")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the archive's key {0} is not of its form: restore it from its backup")]
    Form(PathBuf),
    #[error("the archive's key {0} is missing, and the archive has records: restore it from its backup")]
    Missing(PathBuf),
    #[error("the archive's key {0} does not open the records of the log: it is another tenant's or too old")]
    Wrong(PathBuf),
    #[error("the machine gives no random numbers")]
    Random,
}

/// Sealed bytes that no key opens, or that are not what was sealed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it does not open under the archive's key")]
pub(crate) struct Unsealable;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// The last is the one that seals.
    keys: Vec<KeyEntry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    number: u32,
    algorithm: String,
    /// 32 bytes, hexadecimal.
    key: String,
}

/// Seals and opens for one tenant.
pub(crate) struct Seal {
    keys: Vec<(u32, LessSafeKey)>,
    mac: hmac::Key,
    random: SystemRandom,
    path: PathBuf,
}

impl Seal {
    fn new(file: &KeyFile, path: &Path) -> Result<Self, KeyError> {
        let form = || KeyError::Form(path.to_owned());
        let mut keys = Vec::new();
        let mut first = None;
        for entry in &file.keys {
            let bytes = hex(&entry.key).filter(|_| entry.algorithm == "AES-256-GCM").ok_or_else(form)?;
            let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| form())?;
            keys.push((entry.number, LessSafeKey::new(key)));
            first = first.or(Some(bytes));
        }
        // Look-ups stay the same when a key is added.
        let master = hmac::Key::new(hmac::HMAC_SHA256, &first.ok_or_else(form)?);
        let derived = hmac::sign(&master, b"samflyt archive look-up 1");
        let mac = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        Ok(Self { keys, mac, random: SystemRandom::new(), path: path.to_owned() })
    }

    pub fn seal(&self, place: &[u8], clear: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (number, key) = self.keys.last().ok_or_else(|| KeyError::Form(self.path.clone()))?;
        let mut nonce = [0; 12];
        self.random.fill(&mut nonce).map_err(|_| KeyError::Random)?;
        let mut sealed = Vec::with_capacity(HEAD + clear.len() + 16);
        sealed.push(VERSION);
        sealed.extend(number.to_be_bytes());
        sealed.extend(nonce);
        let mut body = clear.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce, Aad::from(place), &mut body).map_err(|_| KeyError::Random)?;
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// # Errors
    /// [`Unsealable`] where the bytes were changed, moved, or sealed under another key.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(Unsealable)?;
        let number: [u8; 4] = head[1..5].try_into().map_err(|_| Unsealable)?;
        let number = u32::from_be_bytes(number);
        let key = self.keys.iter().find(|(known, _)| *known == number && head[0] == VERSION);
        let (_, key) = key.ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(&head[5..]).map_err(|_| Unsealable)?;
        let mut body = body.to_vec();
        let clear = key.open_in_place(nonce, Aad::from(place), &mut body).map_err(|_| Unsealable)?.len();
        body.truncate(clear);
        Ok(body)
    }

    /// What a key of sled says of a value that must not stand in it.
    pub fn look_up(&self, parts: &[&str]) -> [u8; 16] {
        let mut context = hmac::Context::with_key(&self.mac);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut short = [0; 16];
        short.copy_from_slice(&context.sign().as_ref()[..16]);
        short
    }

    pub fn wrong(&self) -> KeyError {
        KeyError::Wrong(self.path.clone())
    }
}

/// The seals of all tenants.
pub(crate) struct Keys {
    dir: PathBuf,
    seals: RwLock<HashMap<TenantId, Arc<Seal>>>,
}

impl Keys {
    pub fn in_folder(dir: PathBuf) -> Self {
        Self { dir, seals: RwLock::default() }
    }

    /// A seal that is ready.
    pub fn of(&self, tenant: &TenantId) -> Option<Arc<Seal>> {
        self.seals.read().get(tenant).cloned()
    }

    /// Makes a tenant's seal ready. A key is made only where there can be nothing that another sealed.
    ///
    /// # Errors
    /// [`KeyError`]; nothing is overwritten.
    pub fn ready(&self, tenant: &TenantId, has_records: bool) -> Result<Arc<Seal>, KeyError> {
        if let Some(seal) = self.of(tenant) {
            return Ok(seal);
        }
        let path = self.dir.join(format!("{tenant}.json"));
        let failed = |source| KeyError::File { path: path.clone(), source };
        let file: KeyFile = match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|_| KeyError::Form(path.clone()))?,
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            Err(_) if has_records => return Err(KeyError::Missing(path)),
            Err(_) => {
                let file = new_key()?;
                write_durably(&self.dir, &path, &file).map_err(failed)?;
                file
            }
        };
        let seal = Arc::new(Seal::new(&file, &path)?);
        self.seals.write().insert(tenant.clone(), Arc::clone(&seal));
        Ok(seal)
    }
}

fn new_key() -> Result<KeyFile, KeyError> {
    let mut bytes = [0_u8; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| KeyError::Random)?;
    let key = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(KeyFile { keys: vec![KeyEntry { number: 1, algorithm: "AES-256-GCM".to_owned(), key }] })
}

/// On disk before anything is sealed with it, and readable by its owner only.
fn write_durably(dir: &Path, path: &Path, file: &KeyFile) -> std::io::Result<()> {
    fs::create_dir_all(dir)?;
    let draft = path.with_extension("new");
    let mut out = fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&draft)?;
    out.write_all(&serde_json::to_vec_pretty(file)?)?;
    out.sync_all()?;
    fs::rename(&draft, path)?;
    fs::File::open(dir)?.sync_all()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(name: &str) -> TenantId {
        TenantId::new(name).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_and_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(dir.path().to_owned());
        let seal = keys.ready(&tenant("seljord"), false).unwrap();
        let sealed = seal.seal(b"here", b"Kari").unwrap();
        assert!(!sealed.windows(4).any(|window| window == b"Kari"));
        assert_eq!(seal.open(b"here", &sealed).unwrap(), b"Kari");
        assert_eq!(seal.open(b"there", &sealed), Err(Unsealable));
        let other = keys.ready(&tenant("vinje"), false).unwrap();
        assert_eq!(other.open(b"here", &sealed), Err(Unsealable));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(seal.open(b"here", &changed), Err(Unsealable), "byte {at}");
        }
    }

    #[test]
    fn a_key_is_kept_and_one_that_is_missing_or_damaged_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let seljord = tenant("seljord");
        let sealed =
            Keys::in_folder(dir.path().to_owned()).ready(&seljord, false).unwrap().seal(b"", b"x").unwrap();
        let again = Keys::in_folder(dir.path().to_owned()).ready(&seljord, true).unwrap();
        assert_eq!(again.open(b"", &sealed).unwrap(), b"x");
        let path = dir.path().join("seljord.json");
        fs::write(&path, b"{\"keys\":[").unwrap();
        let damaged = Keys::in_folder(dir.path().to_owned()).ready(&seljord, true);
        assert!(matches!(damaged, Err(KeyError::Form(_))));
        fs::remove_file(&path).unwrap();
        let missing = Keys::in_folder(dir.path().to_owned()).ready(&seljord, true);
        assert!(matches!(missing, Err(KeyError::Missing(_))));
        assert!(!path.exists());
    }
}

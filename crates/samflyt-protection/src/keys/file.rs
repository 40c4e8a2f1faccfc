//! Tenant keys in a folder: one JSON file a tenant, readable by its owner only.
//!
//! A file is on disk, and its folder too, before anything is wrapped under what it holds. It is never replaced by one that
//! holds less: a version is added, and retired only by name. Each key has a check value, so that a changed digit is a
//! damaged file and not a key that opens nothing.

use std::collections::HashMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::RwLock;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use samflyt_events::TenantId;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::provider::{KeyProvider, ProviderError, Secret, Wrapped};
use super::random;

const FORM: u32 = 1;
const ALGORITHM: &str = "AES-256-GCM";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    form: u32,
    tenant: String,
    /// The last is the one that wraps.
    keys: Vec<KeyEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    version: u32,
    algorithm: String,
    /// 32 bytes, hexadecimal.
    key: String,
    /// The first 8 bytes of HMAC-SHA256 under the key over tenant and version, hexadecimal.
    check: String,
}

impl Drop for KeyEntry {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

struct Loaded {
    keys: Vec<(u32, LessSafeKey)>,
}

/// Tenant keys in a folder.
pub struct FileKeys {
    dir: PathBuf,
    loaded: RwLock<HashMap<TenantId, Arc<Loaded>>>,
}

impl FileKeys {
    pub fn in_folder(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), loaded: RwLock::default() }
    }

    /// Adds a version, which wraps from now on. What earlier ones wrapped still opens.
    ///
    /// # Errors
    /// [`ProviderError`]; the file is then as it was.
    pub fn add_version(&self, tenant: &TenantId) -> Result<u32, ProviderError> {
        let _alone = self.alone(tenant)?;
        let mut file = self.read(tenant)?;
        let version = file.keys.iter().map(|entry| entry.version).max().unwrap_or(0) + 1;
        file.keys.push(new_entry(tenant, version)?);
        self.replace(tenant, &file)?;
        Ok(version)
    }

    /// Takes a version out of the file: what it wrapped opens no more. The one that wraps stays. Only after a rotation that
    /// found nothing left to do: a key that was being made during the one before may still be wrapped under it.
    ///
    /// # Errors
    /// [`ProviderError::Version`] where there is no such version, or it is the one that wraps.
    pub fn retire(&self, tenant: &TenantId, version: u32) -> Result<(), ProviderError> {
        let _alone = self.alone(tenant)?;
        let mut file = self.read(tenant)?;
        let is_there = file.keys.iter().rev().skip(1).any(|entry| entry.version == version);
        is_there.then_some(()).ok_or(ProviderError::Version { version })?;
        file.keys.retain(|entry| entry.version != version);
        self.replace(tenant, &file)
    }

    /// Keeps other processes from changing the folder's files until it is dropped: of two versions added at once, one would
    /// be lost with all that it wrapped.
    fn alone(&self, tenant: &TenantId) -> Result<fs::File, ProviderError> {
        let failed = |source| ProviderError::File { path: self.path(tenant), source };
        fs::create_dir_all(&self.dir).map_err(failed)?;
        let folder = fs::File::open(&self.dir).map_err(failed)?;
        folder.lock().map_err(failed)?;
        Ok(folder)
    }

    fn path(&self, tenant: &TenantId) -> PathBuf {
        self.dir.join(format!("{tenant}.json"))
    }

    fn read(&self, tenant: &TenantId) -> Result<KeyFile, ProviderError> {
        let path = self.path(tenant);
        let failed = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => ProviderError::Missing(path.clone()),
            _ => ProviderError::File { path: path.clone(), source },
        };
        let mode = fs::metadata(&path).map_err(failed)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(ProviderError::Mode { path, mode });
        }
        let text = Zeroizing::new(fs::read(&path).map_err(failed)?);
        let file: KeyFile =
            serde_json::from_slice(&text).map_err(|_| ProviderError::Damaged(path.clone()))?;
        if file.form != FORM {
            return Err(ProviderError::Form { path, form: file.form });
        }
        if file.tenant != tenant.as_str() {
            let found = TenantId::new(&file.tenant).map(|id| id.to_string()).unwrap_or_default();
            return Err(ProviderError::OtherTenant { path, found });
        }
        Ok(file)
    }

    fn load(&self, tenant: &TenantId) -> Result<Arc<Loaded>, ProviderError> {
        let damaged = || ProviderError::Damaged(self.path(tenant));
        let file = self.read(tenant)?;
        let mut keys: Vec<(u32, LessSafeKey)> = Vec::new();
        for entry in &file.keys {
            let secret =
                secret_of(&entry.key).filter(|_| entry.algorithm == ALGORITHM).ok_or_else(damaged)?;
            if check_of(&secret, tenant, entry.version) != entry.check
                || keys.iter().any(|(version, _)| *version == entry.version)
            {
                return Err(damaged());
            }
            let key = UnboundKey::new(&AES_256_GCM, &secret[..]).map_err(|_| damaged())?;
            keys.push((entry.version, LessSafeKey::new(key)));
        }
        if keys.is_empty() {
            return Err(damaged());
        }
        let loaded = Arc::new(Loaded { keys });
        self.loaded.write().insert(tenant.clone(), Arc::clone(&loaded));
        Ok(loaded)
    }

    fn of(&self, tenant: &TenantId) -> Result<Arc<Loaded>, ProviderError> {
        let known = self.loaded.read().get(tenant).cloned();
        known.map_or_else(|| self.load(tenant), Ok)
    }

    fn create(&self, tenant: &TenantId) -> Result<(), ProviderError> {
        let _alone = self.alone(tenant)?;
        let path = self.path(tenant);
        match self.read(tenant) {
            Err(ProviderError::Missing(_)) => {}
            read => return read.map(|_| ()),
        }
        let keys = vec![new_entry(tenant, 1)?];
        let file = KeyFile { form: FORM, tenant: tenant.to_string(), keys };
        let failed = |source| ProviderError::File { path: path.clone(), source };
        let draft = self.draft(&path, &file).map_err(failed)?;
        fs::rename(&draft, &path).map_err(failed)?;
        sync_folder(&self.dir).map_err(failed)?;
        // The folder itself may be new.
        let parent = self.dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent.map_or(Ok(()), sync_folder).map_err(failed)
    }

    fn replace(&self, tenant: &TenantId, file: &KeyFile) -> Result<(), ProviderError> {
        let path = self.path(tenant);
        let failed = |source| ProviderError::File { path: path.clone(), source };
        let draft = self.draft(&path, file).map_err(failed)?;
        fs::rename(&draft, &path).map_err(failed)?;
        sync_folder(&self.dir).map_err(failed)?;
        self.load(tenant).map(|_| ())
    }

    /// A file of its own beside the real one, on disk.
    fn draft(&self, path: &Path, file: &KeyFile) -> std::io::Result<PathBuf> {
        let nonce: [u8; 8] = random().ok_or_else(|| std::io::Error::other("no random numbers"))?;
        let draft = path.with_extension(format!("{:016x}.new", u64::from_be_bytes(nonce)));
        let mut out = fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&draft)?;
        out.write_all(&Zeroizing::new(serde_json::to_vec_pretty(file)?))?;
        out.sync_all()?;
        Ok(draft)
    }

    fn wrap_now(&self, tenant: &TenantId, context: &[u8], key: &Secret) -> Result<Wrapped, ProviderError> {
        // From the file: another process may have added a version, and is about to retire the one that is known here.
        let loaded = self.load(tenant)?;
        let (version, wrapping) = loaded.keys.last().ok_or(ProviderError::Version { version: 0 })?;
        let nonce: [u8; NONCE_LEN] = random().ok_or(ProviderError::Random)?;
        let mut body = key.to_vec();
        let sealing = Nonce::assume_unique_for_key(nonce);
        wrapping
            .seal_in_place_append_tag(sealing, Aad::from(context), &mut body)
            .map_err(|_| ProviderError::Random)?;
        let bytes = [&nonce[..], &body].concat();
        Ok(Wrapped { version: *version, bytes })
    }

    fn unwrap_now(
        &self,
        tenant: &TenantId,
        context: &[u8],
        wrapped: &Wrapped,
    ) -> Result<Secret, ProviderError> {
        let version = wrapped.version;
        let find = |loaded: &Loaded| loaded.keys.iter().any(|(known, _)| *known == version);
        let mut loaded = self.of(tenant)?;
        if !find(&loaded) {
            // Another process may have added it.
            loaded = self.load(tenant)?;
        }
        let key = loaded.keys.iter().find(|(known, _)| *known == version);
        let (_, key) = key.ok_or(ProviderError::Version { version })?;
        let refused = || ProviderError::DoesNotOpen { version };
        let (nonce, body) = wrapped.bytes.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
        let mut body = Zeroizing::new(body.to_vec());
        let clear = key.open_in_place(nonce, Aad::from(context), &mut body).map_err(|_| refused())?;
        let mut secret = Secret::default();
        (clear.len() == secret.len()).then_some(()).ok_or_else(refused)?;
        secret.copy_from_slice(clear);
        Ok(secret)
    }
}

impl KeyProvider for FileKeys {
    fn ensure<'a>(&'a self, tenant: &'a TenantId) -> BoxFuture<'a, Result<(), ProviderError>> {
        async move { self.create(tenant) }.boxed()
    }

    fn wrap<'a>(
        &'a self,
        tenant: &'a TenantId,
        context: &'a [u8],
        key: &'a Secret,
    ) -> BoxFuture<'a, Result<Wrapped, ProviderError>> {
        async move { self.wrap_now(tenant, context, key) }.boxed()
    }

    fn unwrap_key<'a>(
        &'a self,
        tenant: &'a TenantId,
        context: &'a [u8],
        wrapped: &'a Wrapped,
    ) -> BoxFuture<'a, Result<Secret, ProviderError>> {
        async move { self.unwrap_now(tenant, context, wrapped) }.boxed()
    }

    fn newest<'a>(&'a self, tenant: &'a TenantId) -> BoxFuture<'a, Result<u32, ProviderError>> {
        let newest = self.load(tenant).map(|loaded| loaded.keys.last().map_or(0, |(version, _)| *version));
        async move { newest }.boxed()
    }
}

fn new_entry(tenant: &TenantId, version: u32) -> Result<KeyEntry, ProviderError> {
    let secret = Secret::new(random().ok_or(ProviderError::Random)?);
    let key = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let check = check_of(&secret, tenant, version);
    Ok(KeyEntry { version, algorithm: ALGORITHM.to_owned(), key, check })
}

fn check_of(secret: &Secret, tenant: &TenantId, version: u32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret[..]);
    let tag = hmac::sign(&key, format!("samflyt tenant key 1 {tenant} {version}").as_bytes());
    tag.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn secret_of(text: &str) -> Option<Secret> {
    let mut secret = Secret::default();
    (text.len() == 64 && text.is_ascii()).then_some(())?;
    for (to, pair) in secret.iter_mut().zip(text.as_bytes().chunks(2)) {
        *to = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(secret)
}

fn sync_folder(dir: &Path) -> std::io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests;

//! Who holds the tenants' keys: a folder here, a hardware module or a key service elsewhere.

use std::path::PathBuf;

use futures::future::BoxFuture;
use samflyt_events::TenantId;
use zeroize::Zeroizing;

/// A key in clear: wiped when it is dropped.
pub type Secret = Zeroizing<[u8; 32]>;

/// A key as it may be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The version of the tenant's key that wraps it.
    pub version: u32,
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wrapped").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Wraps and unwraps under a tenant's key, and never gives it away.
///
/// `context` binds what is wrapped to its place: what was wrapped for one opens for no other. Calls may go over a network;
/// each is made once for a key that is not in memory, never for an event.
pub trait KeyProvider: Send + Sync + 'static {
    /// Makes a tenant's first key where it has none; else does nothing.
    fn ensure<'a>(&'a self, tenant: &'a TenantId) -> BoxFuture<'a, Result<(), ProviderError>>;

    /// Wraps under the newest version.
    fn wrap<'a>(
        &'a self,
        tenant: &'a TenantId,
        context: &'a [u8],
        key: &'a Secret,
    ) -> BoxFuture<'a, Result<Wrapped, ProviderError>>;

    /// Unwraps under the version that wrapped it.
    fn unwrap_key<'a>(
        &'a self,
        tenant: &'a TenantId,
        context: &'a [u8],
        wrapped: &'a Wrapped,
    ) -> BoxFuture<'a, Result<Secret, ProviderError>>;

    /// The version that wraps now.
    fn newest<'a>(&'a self, tenant: &'a TenantId) -> BoxFuture<'a, Result<u32, ProviderError>>;
}

/// A tenant's key cannot be used. Nothing is overwritten.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error("the tenant key {path} cannot be read or written: check the folder and its owner")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the tenant key {0} is missing: restore it from its backup")]
    Missing(PathBuf),
    #[error("the tenant key {0} is truncated or damaged: restore it from its backup")]
    Damaged(PathBuf),
    #[error("the tenant key {path} is of tenant `{found}`: put the tenant's own file there")]
    OtherTenant { path: PathBuf, found: String },
    #[error("the tenant key {path} is of form {form}, which this version does not know: upgrade the hub")]
    Form { path: PathBuf, form: u32 },
    #[error("the tenant key {path} may be read by others (mode {mode:o}): set its mode to 600")]
    Mode { path: PathBuf, mode: u32 },
    #[error("the tenant key has no version {version}: restore the file that has it")]
    Version { version: u32 },
    #[error("version {version} of the tenant key does not open what it is said to have wrapped")]
    DoesNotOpen { version: u32 },
    #[error("the machine gives no random numbers")]
    Random,
    /// For providers elsewhere.
    #[error("the key service does not answer: {0}")]
    Unavailable(String),
}

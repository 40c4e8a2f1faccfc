//! Keys: those of tenants, which wrap, and those of persons, which seal.
//!
//! A tenant's key never leaves its [`KeyProvider`]. A person's key is one of a retention class; it is made here, kept
//! wrapped in the tenant's bucket, and known in clear only in memory.

mod data;
mod file;
mod provider;

pub(crate) use data::{DataKey, KeyId, random};
pub use file::FileKeys;
pub use provider::{KeyProvider, ProviderError, Secret, Wrapped};

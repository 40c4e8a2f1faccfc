//! What can go wrong, each with what to do. None repeats a value, an identifier or a key.

use samflyt_events::personal::IdentityError;
use samflyt_events::{EventRef, TenantId};

use crate::bucket::BucketError;
use crate::keys::ProviderError;

/// The keys cannot be used now, or not at all.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the broker is away: try again")]
    Away,
    #[error(transparent)]
    Bucket(#[from] BucketError),
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("the key store of `{0}` has an entry that is damaged, or lacks one: restore it from its backup")]
    Damaged(TenantId),
    #[error("others changed the same person's keys again and again: try again")]
    Contended,
    #[error("the machine gives no random numbers")]
    Random,
}

/// An event's data was not sealed; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ProtectError {
    #[error("`{pointer}` {rule}: {}", .rule.advice())]
    Identity { pointer: String, rule: IdentityError },
    #[error("the data has a member `samflyt:sealed`, which only the hub writes: name it otherwise")]
    HoldsSealed,
    #[error("the event concerns more than {} persons: send several events", crate::PERSONS_MAX)]
    TooManyPersons,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A sealed field was not opened.
#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    #[error(
        "the sealed field `{pointer}` of event {event} does not open: it was altered, or sealed for another event or field"
    )]
    DoesNotOpen { event: EventRef, pointer: String },
    #[error(
        "the key of the sealed field `{pointer}` of event {event} is not in the key store, nor known as destroyed: \
         the key store is older than the log, restore it from its backup"
    )]
    KeyMissing { event: EventRef, pointer: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An erasure did not come to its end. Those keys of which it was on disk are destroyed, or will be at the next start.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A tenant cannot be protected, so that it must not be served. Nothing was overwritten.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "the key store of `{0}` is missing, and its log has sealed events: restore the key store from its backup"
    )]
    Missing(TenantId),
    #[error("the key store of `{tenant}` is damaged ({what}): restore it from its backup")]
    Damaged { tenant: TenantId, what: &'static str },
    #[error(
        "the key store of `{tenant}` is older than its log (it stands at {has}, the log needs {needs}): \
         restore a newer backup of it"
    )]
    Older { tenant: TenantId, has: u64, needs: u64 },
    #[error("the key store of `{0}` is not the one that its log was sealed with: restore that one")]
    Other(TenantId),
    #[error("the keys of `{tenant}` cannot be used")]
    Store {
        tenant: TenantId,
        #[source]
        source: StoreError,
    },
}

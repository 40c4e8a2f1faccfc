//! Personal data at the door: what an event says of persons is sealed before it is appended, and opened for who may read.
//!
//! Consumes an event's data and its contract's plan of what is personal and whose; gives the data as it may stand in the
//! log, and back. Keeps true: a key is on disk before an event needs it; what is sealed opens only in its tenant, event
//! and field; what was erased is told as erased, and opens nowhere again; a key store that has lost something is refused
//! by name and left as it is; no key, identifier or plain text is in an error, in `Debug` output or in a trace.
//!
//! One [`Protection`] is one tenant's. Somebody has to run [`Protection::follow`]: until then nothing is cached.

mod bucket;
mod cache;
mod erase;
mod error;
mod keys;
mod mark;
mod open;
mod protect;
mod protection;
mod resolve;
mod reveal;
mod rotate;
mod seal;
mod subject;

pub use bucket::BucketError;
pub use erase::{Classes, Erasure};
pub use error::{EraseError, OpenError, ProtectError, RevealError, StoreError};
pub use keys::{FileKeys, KeyProvider, ProviderError, Secret, Wrapped};
pub use mark::KeyPosition;
pub use protect::{PERSONS_MAX, Protected};
pub use protection::{Known, Protection, ProtectionConfig};
pub use reveal::Revealed;
pub use rotate::Rotation;
pub use seal::{Place, Plan, PlanError, SEALED_MEMBER, Whose, is_sealed, pseudonym_of};
pub use subject::{Person, Pseudonym};

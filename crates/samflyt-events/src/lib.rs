//! The language of the hub: identifiers, the envelope of an event, subjects, contracts, refusals, and the catalogue as a
//! fold of its events. Pure: no tokio, no I/O, no clock.

pub mod catalogue;
pub mod contract;
pub mod delivery;
mod digest;
mod draft;
mod envelope;
mod id;
mod json;
mod named;
pub mod personal;
mod reference;
mod refusal;
pub mod subject;

pub use contract::{CompiledContract, Contract, ContractVersion};
pub use digest::{Digest, DigestKey};
pub use draft::{Draft, Extent, MAX_EVENT_BYTES_DEFAULT, ParsedDraft, too_large};
pub use envelope::{Event, HeaderError, RecordedEvent, header_value};
pub use id::{CorrelationId, EntityId, EventId, EventType, IdError, ResourceId, SystemId, TenantId};
pub use json::{JsonError, parse_strict};
pub use named::{MunicipalityNumber, OrganisationNumber};
pub use reference::EventRef;
pub use refusal::{Reason, Refusal, Violation};

/// What `source` begins with, before the system's id.
pub const SOURCE_PREFIX: &str = "urn:samflyt:system:";
/// What a CloudEvents `type` begins with, before `<domain>.<event>`.
pub const TYPE_PREFIX: &str = "no.samflyt.";
/// What `dataschema` begins with, before `<domain>.<event>:<major>.<minor>`.
pub const CONTRACT_PREFIX: &str = "urn:samflyt:contract:";
/// The system that the hub itself publishes as. No tenant and no system of anyone else may take the name.
pub const HUB_SYSTEM: &str = "samflyt-registry";
/// Whose affair an event of the shared catalogue is. No municipality may take the id.
pub const HUB_TENANT: &str = "samflyt";

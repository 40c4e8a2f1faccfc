//! A message on its way to the archive, and what the archive answers.

use bytes::Bytes;
use samflyt_events::{SystemId, TenantId};
use samflyt_noark::fiks::MessageType;
use time::OffsetDateTime;

use crate::Digest;

/// A message that was accepted: it and its documents are on disk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Incoming {
    /// A UUID, the same for the same tenant, system and `client_id`.
    pub id: String,
    pub tenant: TenantId,
    pub system: SystemId,
    /// Organisation number of the token that brought it.
    pub organisation: String,
    /// `klientMeldingId`: the sender's own name for it.
    pub client_id: String,
    /// `klientKorrelasjonsId`.
    pub correlation: Option<String>,
    pub kind: MessageType,
    /// Empty where the type has none.
    pub payload: Bytes,
    pub files: Vec<Attachment>,
    pub received_at: OffsetDateTime,
    /// After this it is not carried out any more.
    pub expires_at: OffsetDateTime,
}

impl Incoming {
    /// As what it is a cause of changes in the records.
    pub fn cause(&self) -> String {
        format!("message:{}", self.id)
    }
}

/// A document that belongs to a message, by its name there; its bytes are in the document store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attachment {
    pub name: String,
    pub digest: Digest,
    pub size: u64,
}

/// The one answer to a message, beside `mottatt`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outgoing {
    pub kind: MessageType,
    /// XML.
    pub payload: Option<String>,
    pub files: Vec<Attachment>,
}

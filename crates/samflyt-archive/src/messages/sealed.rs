//! What is sealed of a message in the log: all that may be personal.
//!
//! Clear text is the length of a JSON head (4 bytes, big-endian), the head, and the payload's bytes as they came; it is
//! sealed for its subject. Persisted: keep readable as long as messages are kept.

use bytes::Bytes;
use samflyt_events::{SystemId, TenantId};
use samflyt_noark::fiks::MessageType;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::id::Id;
use super::{Attachment, Incoming, Outgoing};
use crate::Digest;
use crate::records::{KeyError, Seal};

#[derive(Serialize, Deserialize)]
struct AskedHead {
    system: SystemId,
    organisation: String,
    client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correlation: Option<String>,
    kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<FileHead>,
    #[serde(with = "time::serde::rfc3339")]
    received_at: time::OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: time::OffsetDateTime,
}

#[derive(Serialize, Deserialize)]
struct AnsweredHead {
    kind: String,
    has_payload: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<FileHead>,
}

#[derive(Serialize, Deserialize)]
struct FileHead {
    name: String,
    sha256: String,
    size: u64,
}

/// Seals a message for its subject.
pub(crate) fn seal_incoming(seal: &Seal, subject: &str, message: &Incoming) -> Result<Bytes, KeyError> {
    let head = AskedHead {
        system: message.system.clone(),
        organisation: message.organisation.clone(),
        client_id: message.client_id.clone(),
        correlation: message.correlation.clone(),
        kind: message.kind.name(),
        files: heads(&message.files),
        received_at: message.received_at,
        expires_at: message.expires_at,
    };
    seal_framed(seal, subject, &head, &message.payload)
}

/// None where it does not open, or is not of its form.
pub(crate) fn open_incoming(
    seal: &Seal,
    subject: &str,
    tenant: &TenantId,
    id: Id,
    sealed: &[u8],
) -> Option<Incoming> {
    let (head, payload) = open_framed::<AskedHead>(seal, subject, sealed)?;
    Some(Incoming {
        id: id.to_string(),
        tenant: tenant.clone(),
        system: head.system,
        organisation: head.organisation,
        client_id: head.client_id,
        correlation: head.correlation,
        kind: MessageType::parse(&head.kind).ok()?,
        payload,
        files: attachments(head.files)?,
        received_at: head.received_at,
        expires_at: head.expires_at,
    })
}

/// Seals an answer for its subject.
pub(crate) fn seal_outgoing(seal: &Seal, subject: &str, answer: &Outgoing) -> Result<Bytes, KeyError> {
    let head = AnsweredHead {
        kind: answer.kind.name(),
        has_payload: answer.payload.is_some(),
        files: heads(&answer.files),
    };
    seal_framed(seal, subject, &head, answer.payload.as_deref().unwrap_or_default().as_bytes())
}

/// None where it does not open, or is not of its form.
pub(crate) fn open_outgoing(seal: &Seal, subject: &str, sealed: &[u8]) -> Option<Outgoing> {
    let (head, payload) = open_framed::<AnsweredHead>(seal, subject, sealed)?;
    let payload = String::from_utf8(payload.into()).ok()?;
    Some(Outgoing {
        kind: MessageType::parse(&head.kind).ok()?,
        payload: head.has_payload.then_some(payload),
        files: attachments(head.files)?,
    })
}

fn seal_framed(seal: &Seal, subject: &str, head: &impl Serialize, payload: &[u8]) -> Result<Bytes, KeyError> {
    let head = serde_json::to_vec(head).unwrap_or_default();
    let length = u32::try_from(head.len()).unwrap_or(u32::MAX);
    let clear = [&length.to_be_bytes(), head.as_slice(), payload].concat();
    seal.seal(subject.as_bytes(), &clear).map(Into::into)
}

fn open_framed<T: DeserializeOwned>(seal: &Seal, subject: &str, sealed: &[u8]) -> Option<(T, Bytes)> {
    let clear = Bytes::from(seal.open(subject.as_bytes(), sealed).ok()?);
    let (length, rest) = clear.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let head = rest.get(..length)?;
    Some((serde_json::from_slice(head).ok()?, clear.slice(4 + length..)))
}

fn heads(files: &[Attachment]) -> Vec<FileHead> {
    let head = |file: &Attachment| FileHead {
        name: file.name.clone(),
        sha256: file.digest.to_string(),
        size: file.size,
    };
    files.iter().map(head).collect()
}

fn attachments(heads: Vec<FileHead>) -> Option<Vec<Attachment>> {
    let attachment = |head: FileHead| {
        Some(Attachment { name: head.name, digest: Digest::parse(&head.sha256).ok()?, size: head.size })
    };
    heads.into_iter().map(attachment).collect()
}

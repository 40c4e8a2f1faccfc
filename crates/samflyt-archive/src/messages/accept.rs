//! From what a door took in to a message in the log.

use bytes::Bytes;
use samflyt_events::{Reason, Refusal, SystemId};
use samflyt_noark::fiks::MessageType;
use time::OffsetDateTime;

use super::desk::{Desk, Written};
use super::id::Id;
use super::told::{ContentDigest, Told};
use super::{Attachment, Incoming};
use crate::Digest;

/// A message as a door took it in: checked, its documents on disk.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub system: SystemId,
    pub organisation: String,
    pub client_id: String,
    pub correlation: Option<String>,
    pub kind: MessageType,
    /// None: as configured.
    pub ttl_s: Option<u32>,
    pub payload: Bytes,
    pub files: Vec<Attachment>,
}

/// A message that is in the log.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Accepted {
    pub id: Id,
    pub kind: MessageType,
    pub received_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    /// `….mottatt`, for a write of the right form.
    pub receipt: Option<MessageType>,
    /// It was there before.
    pub again: bool,
}

impl Desk {
    /// Puts a message into the log, once for each `klientMeldingId` of a system.
    ///
    /// # Errors
    /// `ID_REUSED` where another message has the name; `LIMIT_REACHED` where too many wait; `LOG_UNAVAILABLE`, after which
    /// the same is sent again under the same `klientMeldingId`; `TOO_LARGE`, `INDEX_BEHIND`.
    pub async fn accept(&self, draft: Draft) -> Result<Accepted, Refusal> {
        let id = Id::of_message(&self.seal, &draft.system, &draft.client_id);
        let digest = self.digest(&draft);
        if let Some(accepted) = self.known(id, digest)? {
            return Ok(accepted);
        }
        if self.read(super::index::Index::waiting) >= self.config.waiting_max as usize {
            let message = format!(
                "{} messages of this municipality wait for their answer (`archive.messages.waiting_max`): wait for some",
                self.config.waiting_max
            );
            return Err(Refusal::new(Reason::LimitReached, message));
        }
        let message = self.incoming_of(id, draft);
        let told = Told::Asked {
            kind: message.kind,
            receipt: receipt(message.kind, &message.payload),
            system: message.system.clone(),
            digest,
            at: message.received_at,
            expires_at: message.expires_at,
        };
        let written = self.ask(id, &told, &message).await?;
        let accepted = self.known(id, digest)?;
        let gone = || Refusal::new(Reason::IndexBehind, "the message is not to be seen yet: send it again");
        accepted.map(|a| Accepted { again: written == Written::Before, ..a }).ok_or_else(gone)
    }

    fn known(&self, id: Id, digest: ContentDigest) -> Result<Option<Accepted>, Refusal> {
        let Some(row) = self.read(|index| index.row(id).cloned()) else { return Ok(None) };
        if row.digest != digest {
            let rule = "was used before for another message";
            let advice = "give each message a klientMeldingId of its own, such as a new UUID";
            return Err(Refusal::of_field(Reason::IdReused, "/klientMeldingId", rule, advice));
        }
        Ok(Some(Accepted {
            id,
            kind: row.kind,
            received_at: row.received_at,
            expires_at: row.expires_at,
            receipt: row.receipt.map(|given| given.kind),
            again: true,
        }))
    }

    fn incoming_of(&self, id: Id, draft: Draft) -> Incoming {
        let received_at = self.clock.now();
        let lives = draft.ttl_s.unwrap_or(self.config.ttl_s).min(self.config.ttl_s_max);
        Incoming {
            id: id.to_string(),
            tenant: self.tenant.clone(),
            system: draft.system,
            organisation: draft.organisation,
            client_id: draft.client_id,
            correlation: draft.correlation,
            kind: draft.kind,
            payload: draft.payload,
            files: draft.files,
            received_at,
            expires_at: received_at + time::Duration::seconds(lives.into()),
        }
    }

    /// Of all that makes it the message that it is; not of when and for how long.
    fn digest(&self, draft: &Draft) -> ContentDigest {
        let mut parts = vec![
            "content".to_owned(),
            draft.kind.name(),
            draft.correlation.clone().unwrap_or_default(),
            Digest::of(&draft.payload).to_string(),
        ];
        for file in &draft.files {
            parts.extend([file.name.clone(), file.digest.to_string()]);
        }
        self.seal.look_up(&parts.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// What tells the sender of a write that it has come. One that is not as its schema says is told so by its answer alone, as
/// the published cases have it.
fn receipt(kind: MessageType, payload: &[u8]) -> Option<MessageType> {
    kind.mottatt().filter(|_| kind.read(payload).is_ok())
}

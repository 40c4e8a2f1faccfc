//! Entries of another hub's log, appended as they were: with their own headers, and the time at which that hub learned of
//! them.

use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_LAST_SEQUENCE, NATS_EXPECTED_LAST_SUBJECT_SEQUENCE};
use bytes::Bytes;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{AppendError, Appending, LEARNED_AT, Log};

/// A message that another hub's log held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    pub subject: String,
    pub learned_at: OffsetDateTime,
    pub headers: Vec<(String, String)>,
    pub payload: Bytes,
}

/// Where a copy has to stand: what is there already is never appended to blindly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Behind this sequence of the stream.
    After(u64),
    /// Behind this sequence of its subject; 0: nothing was ever said of it.
    AfterOfSubject(u64),
}

impl Log {
    /// Sends a copy. Copies sent one after the other are appended in that order; where one fails, those sent behind it
    /// with [`Expected::After`] fail as well.
    ///
    /// # Errors
    /// [`AppendError::Conflict`], then or when it is waited for, where it would stand elsewhere.
    pub async fn append_copy(&self, copy: &Copied, expected: Expected) -> Result<Appending, AppendError> {
        if !self.is_connected() {
            return Err(AppendError::Unavailable(None));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &copy.headers {
            // What else a broker or a publisher's library left in the message is not the event's.
            if name.starts_with("ce-") || name == "traceparent" || name == "Nats-Msg-Id" {
                headers.insert(name.as_str(), value.as_str());
            }
        }
        headers.insert(LEARNED_AT, copy.learned_at.format(&Rfc3339).unwrap_or_default());
        match expected {
            Expected::After(sequence) => {
                headers.insert(NATS_EXPECTED_LAST_SEQUENCE, sequence.to_string());
            }
            Expected::AfterOfSubject(sequence) => {
                headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, sequence.to_string());
            }
        }
        let (subject, payload) = (copy.subject.clone(), copy.payload.clone());
        Ok(Appending(self.jetstream.publish_with_headers(subject, headers, payload).await?))
    }
}

//! Appending: acknowledged means on disk (promise 1).

use std::future::IntoFuture;

use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID};
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use bytes::Bytes;
use samflyt_events::{Event, subject};

use crate::{Log, header};

/// The event is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    pub sequence: u64,
    /// The broker knew the event's id: this is the sequence of the first.
    pub duplicate: bool,
}

/// Why an event was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// It may be in the log or not; sending it again is harmless.
    #[error("the log did not acknowledge the event in time")]
    Unavailable(#[source] Option<PublishError>),
    #[error("the tenant has no stream")]
    NoStream,
    #[error("the event is larger than the broker takes (its `max_payload`)")]
    TooLarge,
    /// Somebody else appended to the subject first.
    #[error("the subject has moved on")]
    Conflict,
    #[error("the broker refused the event")]
    Refused(#[source] PublishError),
}

impl From<PublishError> for AppendError {
    fn from(error: PublishError) -> Self {
        match error.kind() {
            PublishErrorKind::StreamNotFound => Self::NoStream,
            PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe | PublishErrorKind::MaxAckPending => {
                Self::Unavailable(Some(error))
            }
            PublishErrorKind::WrongLastSequence | PublishErrorKind::WrongLastMessageId => Self::Conflict,
            PublishErrorKind::MaxPayloadExceeded => Self::TooLarge,
            PublishErrorKind::Other => Self::Refused(error),
        }
    }
}

/// An event that was sent and not yet acknowledged.
#[derive(Debug)]
pub struct Appending(pub(crate) PublishAckFuture);

impl Appending {
    /// Waits until the event is on disk.
    ///
    /// # Errors
    /// [`AppendError`]; after `Unavailable` nothing is known of the event.
    pub async fn appended(self) -> Result<Appended, AppendError> {
        let acknowledged = self.0.into_future().await?;
        Ok(Appended { sequence: acknowledged.sequence, duplicate: acknowledged.duplicate })
    }
}

impl Log {
    /// Sends an event to its tenant's log. Events sent one after the other are appended in that order.
    ///
    /// # Errors
    /// [`AppendError::Unavailable`] at once where the broker is known to be gone.
    pub async fn append(&self, event: &Event) -> Result<Appending, AppendError> {
        if !self.is_connected() {
            return Err(AppendError::Unavailable(None));
        }
        let subject = subject::event(&event.tenant, &event.kind, &event.system, &event.entity);
        let headers = headers_of(event);
        let payload = event.data.clone();
        Ok(Appending(self.jetstream.publish_with_headers(subject, headers, payload).await?))
    }

    /// Appends if the subject's last sequence is still the expected one (0: none), and waits until it is on disk.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] where it is not.
    pub async fn append_expecting(
        &self,
        subject: &str,
        event: &Event,
        expected_sequence: u64,
    ) -> Result<Appended, AppendError> {
        self.expecting(subject, headers_of(event), event.data.clone(), expected_sequence).await
    }

    /// Appends bytes that are no event (the archive's sealed records and messages), under an id that the broker tells resends
    /// by, if the subject's last sequence is still the expected one (0: none). Waits until it is on disk.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] where it is not.
    pub async fn append_bytes(
        &self,
        subject: &str,
        id: &str,
        headers: &[(&str, String)],
        payload: Bytes,
        expected_sequence: u64,
    ) -> Result<Appended, AppendError> {
        if !self.is_connected() {
            return Err(AppendError::Unavailable(None));
        }
        let mut all = HeaderMap::new();
        all.insert(NATS_MESSAGE_ID, id);
        headers.iter().for_each(|(name, value)| all.insert(*name, value.as_str()));
        self.expecting(subject, all, payload, expected_sequence).await
    }

    async fn expecting(
        &self,
        subject: &str,
        mut headers: HeaderMap,
        payload: Bytes,
        expected_sequence: u64,
    ) -> Result<Appended, AppendError> {
        headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected_sequence.to_string());
        let sent = self.jetstream.publish_with_headers(subject.to_owned(), headers, payload).await?;
        Appending(sent).appended().await
    }
}

fn headers_of(event: &Event) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(NATS_MESSAGE_ID, event.message_id());
    for (name, value) in event.headers() {
        match header::name(name) {
            Some(name) => headers.insert(name, value),
            None => headers.insert(name, value),
        }
    }
    headers
}

//! Reading single events, and the history of a subject.

use std::time::Duration;

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{DirectGetErrorKind, LastRawMessageErrorKind, RawMessageErrorKind};
use futures::StreamExt;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Entry, Log};

/// The log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the log did not answer in time")]
    Unavailable,
    #[error("the log answered with something else than a message: {0}")]
    Unexpected(String),
}

/// Some messages of a stream, oldest first.
#[derive(Debug)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// There are more behind the last.
    pub more: bool,
}

impl Log {
    /// The message at a sequence, from the stream's leader: also one that was acknowledged just now.
    ///
    /// # Errors
    /// [`ReadError`] where the broker does not answer.
    pub async fn read(&self, stream: &str, sequence: u64) -> Result<Option<Entry>, ReadError> {
        let stream = self
            .jetstream
            .get_stream_no_info(stream)
            .await
            .map_err(|e| ReadError::Unexpected(e.to_string()))?;
        match stream.get_raw_message(sequence).await {
            Ok(message) => Ok(Some(message.into())),
            Err(error) => match error.kind() {
                RawMessageErrorKind::NoMessageFound => Ok(None),
                _ => Err(ReadError::Unexpected(error.to_string())),
            },
        }
    }

    /// The last message of a subject, from the stream's leader.
    ///
    /// # Errors
    /// [`ReadError`] where the broker does not answer.
    pub async fn last_of(&self, stream: &str, subject: &str) -> Result<Option<Entry>, ReadError> {
        let stream = self
            .jetstream
            .get_stream_no_info(stream)
            .await
            .map_err(|e| ReadError::Unexpected(e.to_string()))?;
        match stream.get_last_raw_message_by_subject(subject).await {
            Ok(message) => Ok(Some(message.into())),
            Err(error) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(None),
                _ => Err(ReadError::Unexpected(error.to_string())),
            },
        }
    }

    /// The message at a sequence, from any copy of the stream: quicker, and in a cluster perhaps not there yet.
    ///
    /// # Errors
    /// [`ReadError`] where the broker does not answer.
    pub async fn read_copy(&self, stream: &str, sequence: u64) -> Result<Option<Entry>, ReadError> {
        let stream = self
            .jetstream
            .get_stream_no_info(stream)
            .await
            .map_err(|e| ReadError::Unexpected(e.to_string()))?;
        match stream.direct_get(sequence).await {
            Ok(message) => Ok(Some(message.into())),
            Err(error) => match error.kind() {
                DirectGetErrorKind::NotFound => Ok(None),
                DirectGetErrorKind::TimedOut => Err(ReadError::Unavailable),
                _ => Err(ReadError::Unexpected(error.to_string())),
            },
        }
    }

    /// Up to `limit` messages with a subject, from a sequence on (ADR-31, batched direct get: no consumer, no state on
    /// the server).
    ///
    /// # Errors
    /// [`ReadError`] where the broker does not answer.
    pub async fn read_subject(
        &self,
        stream: &str,
        subject: &str,
        from: u64,
        limit: usize,
    ) -> Result<Page, ReadError> {
        self.batch(stream, &json!({"seq": from.max(1), "batch": limit, "next_by_subj": subject})).await
    }

    /// As [`Log::read_subject`], from a moment of the log on.
    ///
    /// # Errors
    /// [`ReadError`] where the broker does not answer.
    pub async fn read_subject_since(
        &self,
        stream: &str,
        subject: &str,
        since: OffsetDateTime,
        limit: usize,
    ) -> Result<Page, ReadError> {
        let since = since.format(&Rfc3339).map_err(|error| ReadError::Unexpected(error.to_string()))?;
        self.batch(stream, &json!({"start_time": since, "batch": limit, "next_by_subj": subject})).await
    }

    /// The sequence from which on a stream has the newest `count` messages with a subject up to its end at `last`, or all
    /// where there are fewer. Found by halving: the broker tells with each message how many come behind it.
    ///
    /// # Errors
    /// [`ReadError`] where the broker does not answer.
    pub async fn newest_of(
        &self,
        stream: &str,
        subject: &str,
        count: u64,
        last: u64,
    ) -> Result<u64, ReadError> {
        let (mut low, mut high) = (1, last + 1);
        // Before `low` it would be more than `count`; from `high` on it is fewer.
        while low < high {
            let middle = low + (high - low) / 2;
            match self.first_from(stream, subject, middle).await? {
                Some(found) if found.pending + 1 > count => low = found.sequence + 1,
                Some(found) if found.pending + 1 == count => return Ok(found.sequence),
                _ => high = middle,
            }
        }
        Ok(low)
    }

    async fn first_from(&self, stream: &str, subject: &str, from: u64) -> Result<Option<Entry>, ReadError> {
        Ok(self.read_subject(stream, subject, from, 1).await?.entries.pop())
    }

    async fn batch(&self, stream: &str, request: &serde_json::Value) -> Result<Page, ReadError> {
        let inbox = self.client.new_inbox();
        let unexpected = |error: &dyn std::fmt::Display| ReadError::Unexpected(error.to_string());
        let mut replies = self.client.subscribe(inbox.clone()).await.map_err(|e| unexpected(&e))?;
        let target = format!("$JS.API.DIRECT.GET.{stream}");
        self.client
            .publish_with_reply(target, inbox, request.to_string().into())
            .await
            .map_err(|e| unexpected(&e))?;
        let mut page = Page { entries: Vec::new(), more: false };
        loop {
            let reply =
                tokio::time::timeout(self.config.ack_timeout().max(Duration::from_secs(1)), replies.next());
            let message = reply.await.ok().flatten().ok_or(ReadError::Unavailable)?;
            match message.status.map(|status| status.as_u16()) {
                None => page.entries.push(direct_entry(message)?),
                // End of batch (204), or nothing there at all (404).
                Some(204 | 404) => {
                    page.more = page.entries.last().is_some_and(|last| last.pending > 0);
                    return Ok(page);
                }
                Some(code) => return Err(ReadError::Unexpected(format!("status {code}"))),
            }
        }
    }
}

impl From<StreamMessage> for Entry {
    fn from(message: StreamMessage) -> Self {
        let subject = message.subject.to_string();
        Self::read(subject, message.sequence, message.time, 0, message.headers, message.payload)
    }
}

fn direct_entry(message: async_nats::Message) -> Result<Entry, ReadError> {
    let payload = message.payload.clone();
    let pending = message
        .headers
        .as_ref()
        .and_then(|headers| headers.get("Nats-Num-Pending"))
        .and_then(|pending| pending.as_str().parse().ok())
        .unwrap_or(0);
    let stored =
        StreamMessage::try_from(message).map_err(|error| ReadError::Unexpected(error.to_string()))?;
    Ok(Entry { pending, payload, ..stored.into() })
}

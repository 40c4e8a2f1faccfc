//! A message of the log, read.

use async_nats::HeaderMap;
use bytes::Bytes;
use samflyt_events::{Event, HeaderError, RecordedEvent};
use time::OffsetDateTime;

use crate::header;

/// One message, with what a reader may want of it and no more work done than that.
#[derive(Debug, Clone)]
pub struct Entry {
    pub subject: String,
    pub sequence: u64,
    pub learned_at: OffsetDateTime,
    /// How many more the broker knows of behind this one.
    pub pending: u64,
    pub(crate) headers: HeaderMap,
    /// Empty where the follower asked for headers only.
    pub payload: Bytes,
}

impl Entry {
    /// An entry that no broker gave: for folds and readers under test.
    pub fn new(
        subject: impl Into<String>,
        sequence: u64,
        learned_at: OffsetDateTime,
        pending: u64,
        headers: impl IntoIterator<Item = (String, String)>,
        payload: impl Into<Bytes>,
    ) -> Self {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            match header::name(&name) {
                Some(name) => map.insert(name, value),
                None => map.insert(name, value),
            }
        }
        Self { subject: subject.into(), sequence, learned_at, pending, headers: map, payload: payload.into() }
    }

    /// A header's value, as encoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = match header::name(name) {
            Some(name) => self.headers.get(name),
            None => self.headers.get(name),
        };
        found.map(async_nats::HeaderValue::as_str)
    }

    /// The whole event.
    ///
    /// # Errors
    /// [`HeaderError`] where the message is no event.
    pub fn event(&self) -> Result<RecordedEvent, HeaderError> {
        let event = Event::from_headers(|name| self.header(name), self.payload.clone())?;
        Ok(RecordedEvent { event, sequence: self.sequence, learned_at: self.learned_at })
    }
}

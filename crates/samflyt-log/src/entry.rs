//! A message of the log, read.

use std::collections::BTreeMap;

use async_nats::HeaderMap;
use bytes::Bytes;
use samflyt_events::{Event, HeaderError, RecordedEvent};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// When an earlier hub learned of what it handed over, RFC 3339. The hub alone sets it, where a tenant is imported: what
/// publishers send has no way to a header of this name.
pub const LEARNED_AT: &str = "Samflyt-Learned-At";

use crate::header;

/// One message, with what a reader may want of it and no more work done than that.
#[derive(Debug, Clone)]
pub struct Entry {
    pub subject: String,
    pub sequence: u64,
    /// The broker's own time, or that of an earlier hub.
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
        Self::read(subject.into(), sequence, learned_at, pending, map, payload.into())
    }

    /// Every entry is made here, whichever way it was read: all of them tell the same time.
    pub(crate) fn read(
        subject: String,
        sequence: u64,
        stored_at: OffsetDateTime,
        pending: u64,
        headers: HeaderMap,
        payload: Bytes,
    ) -> Self {
        let earlier =
            headers.get(LEARNED_AT).and_then(|at| OffsetDateTime::parse(at.as_str(), &Rfc3339).ok());
        Self { subject, sequence, learned_at: earlier.unwrap_or(stored_at), pending, headers, payload }
    }

    /// The headers of the message, as encoded, by name; of several of one name the first.
    pub fn headers(&self) -> BTreeMap<String, String> {
        let all = self.headers.iter();
        all.filter_map(|(name, values)| Some((name.to_string(), values.first()?.to_string()))).collect()
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

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_an_earlier_hub_learned_keeps_its_time_and_what_is_no_time_is_not_taken_for_one() {
        let stored = datetime!(2026-03-02 8:00 UTC);
        let entry = |at: &str| {
            let headers = [(LEARNED_AT.to_owned(), at.to_owned())];
            Entry::new("events.a.b.c.d.e", 1, stored, 0, headers, "{}")
        };
        assert_eq!(entry("2021-01-02T03:04:05.678Z").learned_at, datetime!(2021-01-02 3:04:05.678 UTC));
        assert_eq!(entry("yesterday").learned_at, stored);
        assert_eq!(Entry::new("s", 1, stored, 0, [], "").learned_at, stored);
    }
}

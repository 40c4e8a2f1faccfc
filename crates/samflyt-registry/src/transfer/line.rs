//! An entry of the log as a line of a file.

use std::collections::BTreeMap;

use samflyt_events::{Reason, Refusal};
use samflyt_log::{Copied, Entry, LEARNED_AT};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::invalid;

/// One entry, as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub stream: String,
    pub sequence: u64,
    pub subject: String,
    /// When the first hub learned of it.
    #[serde(with = "time::serde::rfc3339")]
    pub learned_at: OffsetDateTime,
    /// Values as they stand there, percent-encoded.
    pub headers: BTreeMap<String, String>,
    /// The payload, to the letter.
    pub data: String,
}

impl Line {
    /// # Errors
    /// Where the payload is no text: no hub wrote it.
    pub fn of(stream: &str, entry: &Entry) -> Result<Self, Refusal> {
        let data = String::from_utf8(entry.payload.to_vec()).map_err(|_| {
            let rule = format!("{stream} holds something at {} that is no text", entry.sequence);
            Refusal::new(Reason::Conflict, rule)
        })?;
        Ok(Self {
            stream: stream.to_owned(),
            sequence: entry.sequence,
            subject: entry.subject.clone(),
            learned_at: entry.learned_at,
            headers: entry.headers(),
            data,
        })
    }

    /// With its line end.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Text, numbers and a map with text as keys always serialise.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// # Errors
    /// `REQUEST_INVALID` names the line.
    pub fn parse(file: &str, number: u64, bytes: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(bytes).map_err(|error| {
            let rule = format!("is not an entry of the log in line {number}: {error}");
            invalid(file, rule, "take the file as it was exported")
        })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// What names the entry wherever it stands.
    pub fn message_id(&self) -> &str {
        self.header("Nats-Msg-Id").unwrap_or_default()
    }

    pub fn copied(&self) -> Copied {
        let headers = self.headers.iter().filter(|(name, _)| *name != LEARNED_AT);
        Copied {
            subject: self.subject.clone(),
            learned_at: self.learned_at,
            headers: headers.map(|(name, value)| (name.clone(), value.clone())).collect(),
            payload: self.data.clone().into(),
        }
    }

    /// Whether an entry is this one, copied before.
    pub fn is(&self, entry: &Entry) -> bool {
        entry.subject == self.subject
            && entry.learned_at == self.learned_at
            && entry.payload == self.data.as_bytes()
            && entry.header("Nats-Msg-Id") == Some(self.message_id())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_entry_comes_back_from_its_line_to_the_letter() {
        let at = datetime!(2026-03-02 8:00:00.123456789 UTC);
        let headers = [("ce-id", "a%20b"), ("Nats-Msg-Id", "seljord-ephorte/a%20b")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let data = "{\n  \"note\": \"æ \\u0007\" }";
        let entry = Entry::new("events.seljord.case.opened.seljord-ephorte.1", 7, at, 0, headers, data);
        let line = Line::of("EVENTS_seljord", &entry).unwrap();
        let bytes = line.to_bytes();
        assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 1);
        let back = Line::parse("events.jsonl", 1, &bytes).unwrap();
        assert_eq!(back, line);
        assert!(back.is(&entry));
        assert_eq!(back.copied().payload, data.as_bytes());
        let later =
            Entry::new(entry.subject.clone(), 7, at + time::Duration::SECOND, 0, entry.headers(), data);
        assert!(!line.is(&later));
    }
}

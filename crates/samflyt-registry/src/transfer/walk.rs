//! Reads entries of the log in the order of a file, up to positions that were fixed before: reading twice gives the same.

use std::collections::{BTreeMap, VecDeque};

use samflyt_events::subject::REGISTRY_STREAM;
use samflyt_events::{Reason, Refusal};
use samflyt_log::{Follow, Follower, Log};

use super::line::Line;
use super::selection::Selection;

/// Which entries of a stream.
#[derive(Debug, Clone)]
enum Take {
    All,
    Selected,
    /// Only these.
    Subject(String),
}

struct Part {
    stream: String,
    until: u64,
    take: Take,
}

/// A file's entries, one after the other.
pub(super) struct Walk {
    log: Log,
    selection: Selection,
    parts: VecDeque<Part>,
    open: Option<(Follower, u64)>,
}

impl Walk {
    /// The whole of one stream.
    pub fn stream(log: &Log, selection: &Selection, stream: &str, until: u64) -> Self {
        let part = Part { stream: stream.to_owned(), until, take: Take::All };
        Self { log: log.clone(), selection: selection.clone(), parts: [part].into(), open: None }
    }

    /// What the municipality's part of the catalogue stands on, that part, and last what makes the municipality known.
    pub fn catalogue(log: &Log, selection: &Selection, positions: &BTreeMap<String, u64>) -> Self {
        let part = |stream: &str, take| {
            let until = positions.get(stream).copied().unwrap_or(0);
            Part { stream: stream.to_owned(), until, take }
        };
        let mut parts = VecDeque::from([part(REGISTRY_STREAM, Take::Selected)]);
        parts.extend(selection.hosts().map(|host| part(host, Take::Selected)));
        parts.push_back(part(&selection.own_stream(), Take::All));
        parts.push_back(part(REGISTRY_STREAM, Take::Subject(selection.own_record())));
        Self { log: log.clone(), selection: selection.clone(), parts, open: None }
    }

    /// The next entry; none at the end.
    ///
    /// # Errors
    /// `CONFLICT` where the log has a gap: what is missing cannot be handed over.
    pub async fn next(&mut self) -> Result<Option<Line>, Refusal> {
        loop {
            let Some(part) = self.parts.front() else { return Ok(None) };
            let (mut follower, read) = match self.open.take() {
                Some(open) => open,
                None => (self.log.follow(follow(&part.stream)), 0),
            };
            if read >= part.until {
                self.parts.pop_front();
                continue;
            }
            let entry = follower.next().await;
            if entry.sequence != read + 1 {
                let rule = format!("{} goes on at {} after {read}", part.stream, entry.sequence);
                return Err(Refusal::new(Reason::Conflict, rule));
            }
            self.open = Some((follower, entry.sequence));
            let taken = match &part.take {
                Take::All => true,
                Take::Selected => self.selection.takes(&part.stream, &entry.subject),
                Take::Subject(subject) => entry.subject == *subject,
            };
            if taken {
                return Line::of(&part.stream, &entry).map(Some);
            }
        }
    }
}

fn follow(stream: &str) -> Follow {
    Follow { stream: stream.to_owned(), after: 0, headers_only: false }
}

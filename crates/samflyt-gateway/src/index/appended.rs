//! The log as this gateway knows it: what it appended itself is not read back from the broker.
//!
//! Consumes the acknowledgements of this gateway's own appends; gives each stream's entries in their order, as the log
//! would. What is missing between them (another gateway's, or one whose acknowledgement was lost) is read from the log.
//! Keeps true: an entry is given only where the broker said that it stands at that sequence.
//!
//! The index may lag by a moment, since the broker recognises what is recent: so entries are gathered, and nothing wakes
//! for a single one.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, BoxStream};
use parking_lot::Mutex;
use samflyt_events::subject::events_stream;
use samflyt_events::{
    CONTRACT_PREFIX, ContractVersion, Digest, EventRef, EventType, TYPE_PREFIX, TenantId, header_value,
};
use samflyt_log::{Entry, Follow, Follower, Log, StreamError, StreamState};
use samflyt_projection::Source;
use time::OffsetDateTime;
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// Entries of one stream that are kept for the index at most. What comes on top is read from the log.
const KEPT_MAX: usize = 32_768;
/// So many looks in a row find the next entry missing before the log is read: an acknowledgement may be on its way.
const LOOKS_MAX: u32 = 3;
/// How long a stream that somebody else appends to is followed before it is tried without again.
const FOLLOWED_FOR: Duration = Duration::from_secs(60);

/// What was appended and is not given yet, by stream.
#[derive(Clone)]
pub(super) struct Appended {
    log: Log,
    gather: Duration,
    streams: Arc<Mutex<HashMap<String, Known>>>,
}

/// What is known of one stream.
#[derive(Default)]
struct Known {
    entries: BTreeMap<u64, AppendedEvent>,
    /// The last sequence that the log is known to have.
    head: u64,
    /// Its size on the broker's disk, as it was looked at last.
    bytes: u64,
}

/// What the index needs to know of an event that was appended.
#[derive(Debug, Clone)]
pub(crate) struct AppendedEvent {
    pub tenant: TenantId,
    pub reference: EventRef,
    pub kind: EventType,
    pub contract: Option<ContractVersion>,
    pub digest: Digest,
}

impl Appended {
    pub fn new(log: Log, gather: Duration) -> Self {
        Self { log, gather, streams: Arc::default() }
    }

    pub fn stored_bytes(&self, stream: &str) -> u64 {
        self.streams.lock().get(stream).map_or(0, |known| known.bytes)
    }

    /// Takes in an entry that the broker has acknowledged.
    pub fn add(&self, event: AppendedEvent, sequence: u64) {
        if let Some(known) = self.streams.lock().get_mut(&events_stream(&event.tenant))
            && known.entries.len() < KEPT_MAX
        {
            known.entries.insert(sequence, event);
        }
    }

    /// The entries right behind a sequence. None where there is no such, but the log has others behind it.
    fn take(&self, stream: &str, after: u64) -> Option<VecDeque<(u64, AppendedEvent)>> {
        let mut streams = self.streams.lock();
        let known = streams.get_mut(stream)?;
        known.forget(after);
        let mut taken = VecDeque::new();
        let mut next = after + 1;
        while let Some(event) = known.entries.remove(&next) {
            taken.push_back((next, event));
            next += 1;
        }
        let is_missing = taken.is_empty() && (known.head > after || !known.entries.is_empty());
        (!is_missing).then_some(taken)
    }

    /// Whether the entry right behind a sequence is known. What is before it is forgotten.
    fn has_next(&self, stream: &str, after: u64) -> bool {
        self.streams.lock().get_mut(stream).is_some_and(|known| {
            known.forget(after);
            known.entries.contains_key(&(after + 1))
        })
    }
}

impl AppendedEvent {
    /// As the log would give it, with no more than what the index reads.
    fn entry(&self, sequence: u64) -> Entry {
        let mut headers = vec![
            ("Nats-Msg-Id".to_owned(), header_value(&self.reference.to_string())),
            ("ce-tenant".to_owned(), self.tenant.to_string()),
            ("ce-type".to_owned(), format!("{TYPE_PREFIX}{}", self.kind)),
            ("ce-digest".to_owned(), self.digest.to_string()),
        ];
        if let Some(version) = self.contract {
            headers.push(("ce-dataschema".to_owned(), format!("{CONTRACT_PREFIX}{}:{version}", self.kind)));
        }
        Entry::new("", sequence, OffsetDateTime::UNIX_EPOCH, 0, headers, "")
    }
}

impl Known {
    fn forget(&mut self, up_to: u64) {
        while let Some(first) = self.entries.first_entry().filter(|first| *first.key() <= up_to) {
            first.remove();
        }
    }
}

impl Source for Appended {
    fn state(&self, stream: &str) -> BoxFuture<'static, Result<Option<StreamState>, StreamError>> {
        let (appended, stream) = (self.clone(), stream.to_owned());
        async move {
            let state = appended.log.state(&stream).await?;
            if let Some(known) = appended.streams.lock().get_mut(&stream) {
                known.head = state.map_or(0, |state| state.last);
                known.bytes = state.map_or(0, |state| state.bytes);
            }
            Ok(state)
        }
        .boxed()
    }

    fn follow(&self, follow: Follow) -> BoxStream<'static, Entry> {
        // What is kept may be of a stream that was made anew since.
        self.streams.lock().insert(follow.stream.clone(), Known::default());
        let mut looks = tokio::time::interval(self.gather);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let follower = Box::new(self.log.follow(follow.clone()));
        // What was there before is in the log only.
        let from = Origin::Log { follower, until: Instant::now() };
        let reading = Reading { appended: self.clone(), looks, follow, from };
        stream::unfold(reading, |mut reading| async move {
            let entry = reading.next().await;
            Some((entry, reading))
        })
        .boxed()
    }
}

struct Reading {
    appended: Appended,
    looks: Interval,
    follow: Follow,
    from: Origin,
}

enum Origin {
    Own { ready: VecDeque<(u64, AppendedEvent)>, missed: u32 },
    Log { follower: Box<Follower>, until: Instant },
}

impl Reading {
    async fn next(&mut self) -> Entry {
        loop {
            match &mut self.from {
                Origin::Own { ready, missed } => {
                    if let Some((sequence, event)) = ready.pop_front() {
                        self.follow.after = sequence;
                        return event.entry(sequence);
                    }
                    match self.appended.take(&self.follow.stream, self.follow.after) {
                        Some(taken) => (*ready, *missed) = (taken, 0),
                        None => *missed += 1,
                    }
                    if *missed >= LOOKS_MAX {
                        let follower = Box::new(self.appended.log.follow(self.follow.clone()));
                        self.from = Origin::Log { follower, until: Instant::now() + FOLLOWED_FOR };
                    } else if ready.is_empty() {
                        self.looks.tick().await;
                    }
                }
                Origin::Log { follower, until } => {
                    let entry = follower.next().await;
                    self.follow.after = entry.sequence;
                    let has_next = self.appended.has_next(&self.follow.stream, entry.sequence);
                    if Instant::now() >= *until && (has_next || entry.pending == 0) {
                        self.from = Origin::Own { ready: VecDeque::new(), missed: 0 };
                    }
                    return entry;
                }
            }
        }
    }
}

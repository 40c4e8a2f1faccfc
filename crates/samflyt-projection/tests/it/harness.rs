//! A log in memory, a fold that would show every entry folded twice or left out, and a runner on them.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use samflyt_log::{Entry, Follow, StreamError, StreamState};
use samflyt_projection::{
    Fold, FoldError, Lifecycle, ProjectionConfig, ProjectionError, Runner, Source, View, Writer,
};
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

#[derive(Default, Clone)]
pub struct Stream {
    pub created: i64,
    /// Sequence and payload.
    pub entries: Vec<(u64, String)>,
    /// How many entries more it says that it has, and does not give: nobody catches up.
    pub withheld: u64,
}

/// Streams that a test writes. Followers are given some entries again, and see what was replaced.
pub struct FakeLog {
    streams: watch::Sender<BTreeMap<String, Stream>>,
    /// How many entries before the one asked for a follower is given too.
    pub again: AtomicU64,
}

impl FakeLog {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { streams: watch::Sender::new(BTreeMap::new()), again: AtomicU64::new(0) })
    }

    pub fn append(&self, stream: &str, payload: impl Into<String>) -> u64 {
        let mut sequence = 0;
        self.change(stream, |stream| {
            sequence = stream.entries.last().map_or(0, |(last, _)| *last) + 1;
            stream.entries.push((sequence, payload.into()));
        });
        sequence
    }

    pub fn append_many(&self, stream: &str, count: u64) {
        self.change(stream, |stream| {
            let from = stream.entries.last().map_or(0, |(last, _)| *last) + 1;
            stream
                .entries
                .extend((from..from + count).map(|sequence| (sequence, format!("key-{}", sequence % 97))));
        });
    }

    pub fn change(&self, stream: &str, change: impl FnOnce(&mut Stream)) {
        self.streams.send_modify(|streams| change(streams.entry(stream.to_owned()).or_default()));
    }

    /// What folding everything once gives.
    pub fn expected(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut state = BTreeMap::new();
        for (stream, content) in &*self.streams.borrow() {
            for (sequence, payload) in &content.entries {
                state.insert(entry_key(stream, *sequence), payload.clone().into_bytes());
                let count = state.entry(count_key(payload)).or_insert_with(|| vec![0; 8]);
                *count = (u64::from_be_bytes(count[..].try_into().unwrap()) + 1).to_be_bytes().to_vec();
            }
        }
        state
    }
}

impl Source for FakeLog {
    fn state(&self, stream: &str) -> BoxFuture<'static, Result<Option<StreamState>, StreamError>> {
        let found = self.streams.borrow().get(stream).map(|stream| StreamState {
            first: stream.entries.first().map_or(0, |(first, _)| *first),
            last: stream.entries.last().map_or(0, |(last, _)| *last) + stream.withheld,
            messages: stream.entries.len() as u64,
            bytes: 0,
            created: OffsetDateTime::from_unix_timestamp(stream.created).unwrap(),
        });
        async move { Ok(found) }.boxed()
    }

    fn follow(&self, follow: Follow) -> BoxStream<'static, Entry> {
        let after = follow.after.saturating_sub(self.again.load(Relaxed));
        stream::unfold(
            (self.streams.subscribe(), follow.stream, after),
            |(mut streams, name, after)| async move {
                let entry = loop {
                    let found = streams.borrow_and_update().get(&name).and_then(|stream| {
                        let at = stream.entries.partition_point(|(sequence, _)| *sequence <= after);
                        let (sequence, payload) = stream.entries.get(at)?;
                        let pending = (stream.entries.len() - at - 1) as u64;
                        let now = OffsetDateTime::UNIX_EPOCH;
                        Some(Entry::new("events.t.d.e.s.x", *sequence, now, pending, [], payload.clone()))
                    });
                    match found {
                        Some(entry) => break entry,
                        None => streams.changed().await.ok()?,
                    }
                };
                let after = entry.sequence;
                Some((entry, (streams, name, after)))
            },
        )
        .boxed()
    }
}

fn entry_key(stream: &str, sequence: u64) -> Vec<u8> {
    [&[1], stream.as_bytes(), &[0], &sequence.to_be_bytes()[..]].concat()
}

fn count_key(payload: &str) -> Vec<u8> {
    [&[2], payload.as_bytes()].concat()
}

/// Keeps every entry, and counts equal ones over all streams. `VERSION` as a test wishes; panics on "panic".
pub struct Ledger<const VERSION: u32 = 1>;

impl<const V: u32> Fold for Ledger<V> {
    const NAME: &'static str = "ledger";
    const VERSION: u32 = V;

    fn fold(&self, entry: &Entry, stream: &str, writer: &mut Writer<'_>) -> Result<(), FoldError> {
        let payload = String::from_utf8_lossy(&entry.payload).into_owned();
        assert_ne!(payload, "panic");
        let count = writer
            .get(&count_key(&payload))?
            .map_or(0, |count| u64::from_be_bytes(count[..].try_into().unwrap()));
        writer.put(count_key(&payload), (count + 1).to_be_bytes());
        writer.put(entry_key(stream, entry.sequence), payload);
        Ok(())
    }
}

pub struct Running {
    pub runner: Runner,
    lifecycle: Lifecycle,
}

pub async fn try_start<const V: u32>(
    source: Arc<dyn Source>,
    dir: &Path,
) -> Result<Running, ProjectionError> {
    let lifecycle = Lifecycle { shutdown: CancellationToken::new(), tracker: TaskTracker::new() };
    let config =
        ProjectionConfig { dir: dir.to_owned(), cache_mib: 4, poll_every_ms: 20, ..Default::default() };
    let clock = Arc::new(|| OffsetDateTime::UNIX_EPOCH);
    let runner = Runner::start_with_source(Ledger::<V>, source, config, clock, lifecycle.clone()).await?;
    Ok(Running { runner, lifecycle })
}

pub async fn start(source: Arc<dyn Source>, dir: &Path) -> Running {
    try_start::<1>(source, dir).await.unwrap()
}

impl Running {
    pub async fn stop(self) {
        self.lifecycle.shutdown.cancel();
        self.lifecycle.tracker.close();
        self.lifecycle.tracker.wait().await;
        self.runner.ended().await.unwrap();
    }
}

pub fn contents(view: &View) -> BTreeMap<Vec<u8>, Vec<u8>> {
    view.range(&[]..&[u8::MAX]).map(Result::unwrap).collect()
}

/// Waits until something holds.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(waited.await.is_ok(), "it never happened that {what}");
}

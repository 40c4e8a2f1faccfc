//! Events for subscriptions: what is new, once for all of them; what is behind, read by each that needs it.

use std::collections::VecDeque;
use std::sync::Arc;

use samflyt_log::{Entry, Follow, Log};
use tokio::sync::mpsc;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

/// Newest events that are kept, by number and by bytes.
const RECENT: usize = 4_096;
const RECENT_BYTES: usize = 16 * 1024 * 1024;
/// Events that a reader is ahead.
const AHEAD: usize = 256;

/// The newest events of a log, without a gap.
#[derive(Debug, Default)]
pub(super) struct Recent {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
}

impl Recent {
    pub fn push(&mut self, entry: Arc<Entry>) {
        self.bytes += size(&entry);
        self.entries.push_back(entry);
        while self.entries.len() > RECENT || self.bytes > RECENT_BYTES {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= size(&oldest);
        }
    }

    /// Those from a sequence on; none: they are not all here any more.
    pub fn since(&self, from: u64) -> Option<impl Iterator<Item = &Arc<Entry>>> {
        let first = self.entries.front()?.sequence;
        (first <= from).then(|| {
            let start = self.entries.partition_point(|entry| entry.sequence < from);
            self.entries.range(start..)
        })
    }
}

fn size(entry: &Entry) -> usize {
    entry.payload.len() + 512
}

/// Reads what one subscription is behind. Dropped, it stops.
pub(super) struct Reader {
    events: mpsc::Receiver<Arc<Entry>>,
    _task: AbortOnDropHandle<()>,
}

impl Reader {
    /// Wakes `bell` for every event that can be taken.
    pub fn start(log: &Log, stream: &str, from: u64, bell: mpsc::Sender<()>, tasks: &TaskTracker) -> Self {
        let (sender, events) = mpsc::channel(AHEAD);
        let follow = Follow { stream: stream.to_owned(), after: from - 1, headers_only: false };
        let mut follower = log.follow(follow);
        let task = tasks.spawn(async move {
            loop {
                let entry = Arc::new(follower.next().await);
                if sender.send(entry).await.is_err() {
                    return;
                }
                // One ring is enough for all that came since.
                let _ = bell.try_send(());
            }
        });
        Self { events, _task: AbortOnDropHandle::new(task) }
    }

    pub fn next(&mut self) -> Option<Arc<Entry>> {
        self.events.try_recv().ok()
    }
}

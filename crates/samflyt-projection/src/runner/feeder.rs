//! Brings a stream's entries to the folding thread.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{FutureExt, StreamExt};
use samflyt_log::Follow;
use tokio::sync::mpsc;

use super::lane::{Chunk, Lane, Work};

/// Entries that are handed on together, where that many are there already.
const CHUNK_MAX: usize = 50;
const UNKNOWN_PAUSE: Duration = Duration::from_millis(200);

/// Ends with the lane.
pub(super) async fn feed(lane: Arc<Lane>, stream: Arc<str>, work: mpsc::Sender<Work>) {
    let stop = lane.stop.clone();
    stop.run_until_cancelled(async {
        if know(&lane, &stream).await {
            pass_on(&lane, &stream, &work).await;
        }
    })
    .await;
}

/// Nothing is folded before the stream is known to be the one that the checkpoint is of.
async fn know(lane: &Lane, stream: &str) -> bool {
    loop {
        let (folded, asked) = (lane.sequence(stream), Instant::now());
        match lane.parts.source.state(stream).await {
            Ok(Some(state)) => match lane.observe(stream, folded, asked, &state) {
                Ok(()) => {
                    lane.signal_if_complete().await;
                    return true;
                }
                Err(alarm) => {
                    lane.break_down(stream, alarm).await;
                    return false;
                }
            },
            Ok(None) => {}
            Err(error) => tracing::debug!(stream, %error, "the log does not say where the stream stands"),
        }
        tokio::time::sleep(UNKNOWN_PAUSE).await;
    }
}

async fn pass_on(lane: &Lane, stream: &Arc<str>, work: &mpsc::Sender<Work>) {
    let follow = Follow {
        stream: stream.to_string(),
        after: lane.sequence(stream),
        headers_only: lane.parts.config.leaves_payloads(stream),
    };
    let mut source = lane.parts.source.follow(follow);
    while let Some(first) = source.next().await {
        let mut entries =
            Vec::with_capacity(CHUNK_MAX.min(usize::try_from(first.pending).unwrap_or(CHUNK_MAX) + 1));
        entries.push(first);
        while entries.len() < CHUNK_MAX
            && let Some(Some(entry)) = source.next().now_or_never()
        {
            entries.push(entry);
        }
        if let Some(last) = entries.last() {
            lane.see_head(stream, last.sequence + last.pending);
        }
        if work.send(Work::Fold(Chunk { stream: stream.clone(), entries })).await.is_err() {
            return;
        }
    }
}

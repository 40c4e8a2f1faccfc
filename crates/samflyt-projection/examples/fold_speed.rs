//! Folds synthetic events as lineage does, and prints speed, memory and disk.
//! `cargo run --release -p samflyt-projection --example fold_speed -- [EVENTS] [CACHE_MIB] [DIR]`

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use samflyt_log::{Entry, Follow, StreamError, StreamState};
use samflyt_projection::{Fold, FoldError, Lifecycle, ProjectionConfig, Runner, Source, Writer};
use time::OffsetDateTime;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use xxhash_rust::xxh3::xxh3_64;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Synthetic {
    events: u64,
}

impl Source for Synthetic {
    fn state(&self, _: &str) -> BoxFuture<'static, Result<Option<StreamState>, StreamError>> {
        let last = self.events;
        async move {
            Ok(Some(StreamState {
                first: 1,
                last,
                messages: last,
                bytes: 0,
                created: OffsetDateTime::UNIX_EPOCH,
            }))
        }
        .boxed()
    }

    fn follow(&self, follow: Follow) -> BoxStream<'static, Entry> {
        let last = self.events;
        let entries = (follow.after + 1..=last).map(move |sequence| {
            Entry::new("events.t.d.e.s.1", sequence, OffsetDateTime::UNIX_EPOCH, last - sequence, [], "")
        });
        stream::iter(entries).chain(stream::pending()).boxed()
    }
}

/// A random key, a key near where others of late are, a key that grows.
struct ThreeEntries;

impl Fold for ThreeEntries {
    const NAME: &'static str = "speed";
    const VERSION: u32 = 1;

    fn fold(&self, entry: &Entry, _: &str, writer: &mut Writer<'_>) -> Result<(), FoldError> {
        let sequence = entry.sequence.to_be_bytes();
        let random = xxh3_64(&sequence);
        let cause = entry.sequence - (random % 1_000).min(entry.sequence);
        writer.put([&[1], &random.to_be_bytes()[..]].concat(), sequence);
        writer.put([&[2], &cause.to_be_bytes()[..], &sequence].concat(), []);
        writer.put([&[3], &sequence[..]].concat(), sequence);
        Ok(())
    }

    fn block_entries(family: u8) -> usize {
        let from_environment = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
        if family == 1 {
            from_environment("RANDOM").unwrap_or(8)
        } else {
            from_environment("GROWING").unwrap_or(32)
        }
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let events = arguments.next().map_or(Ok(1_000_000), |value| value.parse())?;
    let cache_mib =
        arguments.next().map_or(Ok(ProjectionConfig::default().cache_mib), |value| value.parse())?;
    let dir = arguments.next().map_or_else(|| std::env::temp_dir().join("samflyt-fold-speed"), PathBuf::from);
    let _ = std::fs::remove_dir_all(&dir);
    let config = ProjectionConfig { dir: dir.clone(), cache_mib, ..ProjectionConfig::default() };

    let seconds = run(events, config.clone()).await?;
    let disk = bytes_on_disk(&dir)?;
    println!(
        "{events} events, cache {cache_mib} MiB: {:.0} events/s, {} B/event on disk, resident {} MB, at most {} MB",
        events as f64 / seconds.as_secs_f64(),
        disk / events,
        resident_mb("VmRSS"),
        resident_mb("VmHWM"),
    );
    let seconds = run(events, config).await?;
    println!("opened, verified and caught up again in {seconds:.2?}, at most {} MB", resident_mb("VmHWM"));
    std::fs::remove_dir_all(&dir)?;
    Ok(())
}

async fn run(events: u64, config: ProjectionConfig) -> Result<Duration, Box<dyn std::error::Error>> {
    let lifecycle = Lifecycle { shutdown: CancellationToken::new(), tracker: TaskTracker::new() };
    let began = Instant::now();
    let clock = Arc::new(|| OffsetDateTime::UNIX_EPOCH);
    let source = Arc::new(Synthetic { events });
    let runner = Runner::start_with_source(ThreeEntries, source, config, clock, lifecycle.clone()).await?;
    runner.follow("EVENTS_t");
    runner.wait_for("EVENTS_t", events).await;
    let took = began.elapsed();
    lifecycle.shutdown.cancel();
    lifecycle.tracker.close();
    lifecycle.tracker.wait().await;
    Ok(took)
}

fn bytes_on_disk(path: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() {
            bytes_on_disk(&entry.path())?
        } else {
            std::os::unix::fs::MetadataExt::blocks(&metadata) * 512
        };
    }
    Ok(bytes)
}

fn resident_mb(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|value| value.parse::<u64>().ok()).unwrap_or(0) / 1_024
}

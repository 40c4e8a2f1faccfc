//! A steady load: one event at a time, each when it is due, however long those before it take.

use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::mpsc;

/// Calls so many times, `gap` apart, with the number and the moment it was due: who measures from then counts also what
/// the generator is late. Gives all results, in no order.
pub(super) async fn steadily<T, F: Future<Output = anyhow::Result<T>>>(
    calls: u64,
    gap: Duration,
    call: impl Fn(u64, Instant) -> F,
) -> anyhow::Result<Vec<T>> {
    let mut due = ticks(calls, gap)?;
    let (mut running, mut results, mut open) = (FuturesUnordered::new(), Vec::new(), true);
    while open || !running.is_empty() {
        tokio::select! {
            biased;
            Some(result) = running.next() => results.push(result?),
            tick = due.recv(), if open => match tick {
                Some((n, due)) => running.push(call(n, due)),
                None => open = false,
            },
        }
    }
    Ok(results)
}

/// From a thread of its own: the runtime's timer is a millisecond coarse, and would send events in pairs.
fn ticks(calls: u64, gap: Duration) -> anyhow::Result<mpsc::Receiver<(u64, Instant)>> {
    let (sender, receiver) = mpsc::channel(1_024);
    std::thread::Builder::new().name("bench-pace".to_owned()).spawn(move || {
        let mut due = Instant::now();
        for n in 0..calls {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if sender.blocking_send((n, due)).is_err() {
                return;
            }
            due += gap;
        }
    })?;
    Ok(receiver)
}

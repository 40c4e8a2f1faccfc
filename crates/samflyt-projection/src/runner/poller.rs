//! Asks the log where its streams end: what a reader is told of the lag, and how a log that was replaced is noticed.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::StreamExt;
use tokio::time::MissedTickBehavior;

use super::{
    hub::Hub,
    lane::{Lane, Signal},
};

const AT_ONCE: usize = 16;

/// Ends with the projection.
pub(super) async fn poll(hub: Arc<Hub>) {
    let mut ticks = tokio::time::interval(Duration::from_millis(hub.parts.config.poll_every_ms.max(10)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let polls = futures::stream::iter(hub.streams());
        polls.for_each_concurrent(AT_ONCE, |stream| poll_stream(&hub, stream)).await;
        for lane in hub.lanes() {
            // A reader met it: the folding thread may never.
            if let Some(reason) = lane.store.damage() {
                let _ = hub.parts.signals.send(Signal::Broken { lane: lane.id, alarm: false, reason }).await;
            }
        }
        hub.report_progress();
    }
}

async fn poll_stream(hub: &Hub, stream: Arc<str>) {
    let stream = &*stream;
    let lanes: Vec<(Arc<Lane>, u64)> =
        hub.lanes().map(|lane| (lane.clone(), lane.sequence(stream))).collect();
    let asked = Instant::now();
    match hub.parts.source.state(stream).await {
        Ok(Some(state)) => {
            for (lane, folded) in lanes {
                match lane.observe(stream, folded, asked, &state) {
                    Ok(()) => lane.signal_if_complete().await,
                    Err(alarm) => lane.break_down(stream, alarm).await,
                }
            }
        }
        // A broker that is starting may not know its streams yet: one that is gone for good is noticed when it is made anew.
        Ok(None) => tracing::debug!(stream, "there is no such stream"),
        Err(error) => tracing::debug!(stream, %error, "the log does not say where the stream stands"),
    }
}

//! What lineage measures: how far behind the log each tenant's projection is.

use samflyt_projection::Runner;
use samflyt_runtime::telemetry::Metrics;
use tokio_util::sync::CancellationToken;

/// Notes the lag of every stream, once a second.
pub(crate) async fn watch(runner: Runner, stop: CancellationToken) -> Result<(), String> {
    let metrics = Metrics("samflyt-lineage");
    let lag = metrics.gauge("samflyt.lineage.lag", "{event}", "Events of a stream that are not folded yet");
    let position =
        metrics.gauge("samflyt.lineage.position", "{event}", "The sequence up to which a stream is folded");
    let mut tick = tokio::time::interval(std::time::Duration::from_secs(1));
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        for found in runner.view().positions() {
            let stream = [Metrics::label("samflyt.stream", found.stream.clone())];
            lag.record(found.head.saturating_sub(found.sequence), &stream);
            position.record(found.sequence, &stream);
        }
    }
}

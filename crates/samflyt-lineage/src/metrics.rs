//! What lineage measures: how far behind the log each tenant's projection is, and how many affairs reached the archive.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::metrics::Gauge;
use samflyt_events::TenantId;
use samflyt_projection::Runner;
use samflyt_runtime::telemetry::Metrics;
use tokio_util::sync::CancellationToken;

use crate::Lineage;

/// How often coverage is noted: it reads every event with archive duty.
const COVERAGE_EVERY: Duration = Duration::from_secs(600);

/// How many affairs reached the archive.
#[derive(Debug, Clone)]
pub(crate) struct CoverageMetrics {
    closed: Gauge<u64>,
    /// Never asked for, without an answer, rejected and not mended.
    uncovered: [Gauge<u64>; 3],
}

impl CoverageMetrics {
    fn new() -> Self {
        let gauge = |name, what| Metrics("samflyt-lineage").gauge(name, "{affair}", what);
        Self {
            closed: gauge("samflyt.coverage.closed", "Affairs that were closed with archive duty"),
            uncovered: [
                gauge("samflyt.coverage.missing", "Closed affairs of which no deposit was asked for"),
                gauge("samflyt.coverage.unanswered", "Affairs whose deposit has no answer"),
                gauge("samflyt.coverage.rejected", "Affairs whose deposit was rejected and not mended"),
            ],
        }
    }

    pub fn show(&self, tenant: &TenantId, system: &str, kind: &str, closed: u64, uncovered: [u64; 3]) {
        let labels = [
            Metrics::label("samflyt.tenant", tenant.to_string()),
            Metrics::label("samflyt.system", system.to_owned()),
            Metrics::label("samflyt.event.type", kind.to_owned()),
        ];
        self.closed.record(closed, &labels);
        for (gauge, count) in self.uncovered.iter().zip(uncovered) {
            gauge.record(count, &labels);
        }
    }
}

/// Notes the coverage of every tenant, again and again.
pub(crate) async fn watch_coverage(lineage: Arc<Lineage>) -> Result<(), String> {
    let (metrics, stop) = (CoverageMetrics::new(), lineage.lifecycle.services.clone());
    let mut ticks = tokio::time::interval(COVERAGE_EVERY);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let tenants: Vec<TenantId> =
            lineage.deps.feed.get().tenants().map(|tenant| tenant.id.clone()).collect();
        for tenant in tenants {
            if stop.is_cancelled() {
                return Ok(());
            }
            let (lineage, metrics) = (Arc::clone(&lineage), metrics.clone());
            let measured = tokio::task::spawn_blocking(move || lineage.measure_coverage(&tenant, &metrics));
            // A store that fails sets itself aside, and says so itself.
            let _failed = measured.await.map_err(|error| error.to_string())?.is_err();
        }
    }
    Ok(())
}

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

//! What is measured of deposits.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::metrics::{Counter, Gauge};
use samflyt_events::TenantId;
use samflyt_runtime::telemetry::Metrics;

use super::ACCEPTED;
use super::fold::State;
use crate::Archive;

#[derive(Debug)]
pub(super) struct DepositMetrics {
    waiting: Gauge<u64>,
    oldest: Gauge<u64>,
    accepted: Counter<u64>,
    rejected: Counter<u64>,
}

impl DepositMetrics {
    pub fn new() -> Self {
        let metrics = Metrics("samflyt-archive");
        let counter = |name, what| metrics.counter(name, "{deposit}", what);
        Self {
            waiting: metrics.gauge(
                "samflyt.archive.deposits.waiting",
                "{deposit}",
                "Deposits without an answer",
            ),
            oldest: metrics.gauge(
                "samflyt.archive.deposits.oldest",
                "s",
                "How long the oldest deposit without an answer has waited",
            ),
            accepted: counter("samflyt.archive.deposits.accepted", "Deposits that were accepted"),
            rejected: counter("samflyt.archive.deposits.rejected", "Deposits that were rejected"),
        }
    }

    /// An answer, by its event type.
    pub fn count(&self, tenant: &TenantId, kind: &str) {
        let counter = if kind == ACCEPTED { &self.accepted } else { &self.rejected };
        counter.add(1, &[Metrics::label("samflyt.tenant", tenant.to_string())]);
    }
}

/// Notes what waits, once a second: it ages though nothing happens.
pub(super) async fn watch(archive: Arc<Archive>) -> Result<(), String> {
    let stop = archive.lifecycle.services.clone();
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let tenants: Vec<TenantId> =
            archive.deps.feed.get().tenants().map(|tenant| tenant.id.clone()).collect();
        let view = archive.deposits.runner.view();
        for tenant in tenants {
            let deposits = super::Deposits { tenant, view: view.clone() };
            // A store that fails sets itself aside, and says so itself.
            let Ok(waiting) = deposits.waiting() else { continue };
            let oldest = deposits.in_state(State::Waiting, 0).next().and_then(Result::ok);
            let age = oldest.map_or(0, |oldest| {
                let age = archive.deps.clock.now() - oldest.requested_at;
                u64::try_from(age.whole_seconds()).unwrap_or(0)
            });
            let label = [Metrics::label("samflyt.tenant", deposits.tenant.to_string())];
            archive.deposits.metrics.waiting.record(waiting, &label);
            archive.deposits.metrics.oldest.record(age, &label);
        }
    }
    Ok(())
}

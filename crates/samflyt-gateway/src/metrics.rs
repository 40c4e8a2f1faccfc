//! What the gateway counts.

use opentelemetry::metrics::{Counter, Histogram};
use samflyt_runtime::telemetry::Metrics;

#[derive(Debug, Clone)]
pub(crate) struct GatewayMetrics {
    accepted: Counter<u64>,
    duplicates: Counter<u64>,
    refused: Counter<u64>,
    pub acknowledged_after: Histogram<f64>,
}

impl GatewayMetrics {
    pub fn new() -> Self {
        let metrics = Metrics("samflyt-gateway");
        Self {
            accepted: metrics.counter(
                "samflyt.gateway.events.accepted",
                "{event}",
                "Events appended to the log",
            ),
            duplicates: metrics.counter(
                "samflyt.gateway.events.duplicate",
                "{event}",
                "Resends answered with the first",
            ),
            refused: metrics.counter(
                "samflyt.gateway.events.refused",
                "{event}",
                "Events refused, by reason",
            ),
            acknowledged_after: metrics.histogram(
                "samflyt.gateway.append.duration",
                "s",
                "From sending an event to the log until it is on disk",
            ),
        }
    }

    pub fn count(&self, tenant: &str, duplicate: bool) {
        let counter = if duplicate { &self.duplicates } else { &self.accepted };
        counter.add(1, &[Metrics::label("samflyt.tenant", tenant.to_owned())]);
    }

    pub fn refuse(&self, reason: samflyt_events::Reason) {
        self.refused.add(1, &[Metrics::label("samflyt.reason", reason.as_str())]);
    }
}

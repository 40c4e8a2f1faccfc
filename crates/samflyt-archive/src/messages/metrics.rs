//! What is counted of messages.

use opentelemetry::metrics::{Counter, Gauge, Histogram};
use samflyt_events::{Reason, TenantId};
use samflyt_noark::fiks::MessageType;
use samflyt_runtime::telemetry::Metrics;
use time::OffsetDateTime;

use super::desk::Desk;

#[derive(Debug, Clone)]
pub(crate) struct MessageMetrics {
    waiting: Gauge<u64>,
    oldest_waiting: Gauge<u64>,
    dead_replies: Gauge<u64>,
    accepted: Counter<u64>,
    refused: Counter<u64>,
    answered: Counter<u64>,
    answer_time: Histogram<f64>,
}

impl MessageMetrics {
    pub fn new() -> Self {
        let metrics = Metrics("samflyt-archive");
        let gauge = |name, unit, what| metrics.gauge(name, unit, what);
        let counter = |name, what| metrics.counter(name, "{message}", what);
        Self {
            waiting: gauge(
                "samflyt.archive.messages.waiting",
                "{message}",
                "Messages that wait for their answer",
            ),
            oldest_waiting: gauge(
                "samflyt.archive.messages.waiting.oldest",
                "s",
                "For how long the oldest message has waited for its answer",
            ),
            dead_replies: gauge(
                "samflyt.archive.messages.dead_replies",
                "{message}",
                "Answers that nobody confirmed in their time",
            ),
            accepted: counter("samflyt.archive.messages.accepted", "Messages accepted, by type"),
            refused: counter("samflyt.archive.messages.refused", "Messages refused at the door, by reason"),
            answered: counter("samflyt.archive.messages.answered", "Answers given, by type"),
            answer_time: metrics.histogram(
                "samflyt.archive.messages.answer.duration",
                "s",
                "From a message's acceptance to its answer",
            ),
        }
    }

    pub fn show(&self, desk: &Desk, now: OffsetDateTime) {
        let (waiting, oldest, dead) =
            desk.read(|index| (index.waiting(), index.oldest_waiting(), index.dead(now)));
        let age = oldest.map_or(0, |at| (now - at).whole_seconds().max(0).unsigned_abs());
        let label = [Metrics::label("samflyt.tenant", desk.tenant.to_string())];
        self.waiting.record(waiting as u64, &label);
        self.oldest_waiting.record(age, &label);
        self.dead_replies.record(dead as u64, &label);
    }

    pub fn count_accepted(&self, tenant: &TenantId, kind: MessageType) {
        self.accepted.add(1, &labels(tenant, kind));
    }

    pub fn count_answer(&self, tenant: &TenantId, kind: MessageType, took: time::Duration) {
        self.answered.add(1, &labels(tenant, kind));
        self.answer_time.record(took.as_seconds_f64(), &[]);
    }

    pub fn refuse(&self, reason: Reason) {
        self.refused.add(1, &[Metrics::label("samflyt.reason", reason.as_str())]);
    }
}

fn labels(tenant: &TenantId, kind: MessageType) -> [opentelemetry::KeyValue; 2] {
    let kind = kind.name();
    [Metrics::label("samflyt.tenant", tenant.to_string()), Metrics::label("samflyt.message_type", kind)]
}

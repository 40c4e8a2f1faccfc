//! What delivery measures: how each subscription is doing.

use opentelemetry::metrics::{Counter, Gauge};
use samflyt_runtime::telemetry::Metrics;

use crate::desk::Snapshot;

#[derive(Debug, Clone)]
pub(crate) struct DeliveryMetrics {
    settled: Counter<u64>,
    lag: Gauge<u64>,
    oldest: Gauge<u64>,
    in_flight: Gauge<u64>,
    retrying: Gauge<u64>,
    dead_letters: Gauge<u64>,
}

impl DeliveryMetrics {
    pub fn new() -> Self {
        let metrics = Metrics("samflyt-delivery");
        let gauge = |name, unit, description| metrics.gauge(name, unit, description);
        Self {
            settled: metrics.counter(
                "samflyt.delivery.events.settled",
                "{event}",
                "Events that consumers said something of",
            ),
            lag: gauge("samflyt.delivery.lag", "{event}", "Sequences not looked at or not settled"),
            oldest: gauge(
                "samflyt.delivery.oldest.age",
                "s",
                "Since the hub learned of the oldest not settled",
            ),
            in_flight: gauge("samflyt.delivery.in_flight", "{event}", "Events sent and not settled"),
            retrying: gauge("samflyt.delivery.retrying", "{entity}", "Entities whose event is tried again"),
            dead_letters: gauge(
                "samflyt.delivery.dead_letters",
                "{event}",
                "Events that hold back their entity",
            ),
        }
    }

    /// Takes in how a subscription is doing, and how many events were settled since the last time. One that has ended
    /// waits for nothing.
    pub fn measure(&self, tenant: &str, of: &Snapshot, settled: u64, age_s: u64) {
        let labels = [
            Metrics::label("samflyt.tenant", tenant.to_owned()),
            Metrics::label("samflyt.subscription", of.subscription.id.clone()),
        ];
        let count = |count: usize| if of.subscription.has_ended() { 0 } else { count as u64 };
        self.settled.add(settled, &labels);
        self.lag.record(if of.subscription.has_ended() { 0 } else { of.lag() }, &labels);
        self.oldest.record(if of.subscription.has_ended() { 0 } else { age_s }, &labels);
        self.in_flight.record(count(of.in_flight), &labels);
        self.retrying.record(count(of.retrying), &labels);
        self.dead_letters.record(count(of.dead), &labels);
    }
}

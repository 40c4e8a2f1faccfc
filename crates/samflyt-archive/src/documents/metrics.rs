//! What the archive counts.

use opentelemetry::metrics::{Counter, Gauge};
use samflyt_events::{Reason, TenantId};
use samflyt_runtime::telemetry::Metrics;

use crate::documents::rooms::Totals;

#[derive(Debug, Clone)]
pub(crate) struct DocumentMetrics {
    documents: Gauge<u64>,
    bytes: Gauge<u64>,
    damaged: Gauge<u64>,
    stored: Counter<u64>,
    already_there: Counter<u64>,
    verified: Counter<u64>,
    refused: Counter<u64>,
}

impl DocumentMetrics {
    pub fn new() -> Self {
        let metrics = Metrics("samflyt-archive");
        let gauge = |name, unit, what| metrics.gauge(name, unit, what);
        let counter = |name, what| metrics.counter(name, "{document}", what);
        Self {
            documents: gauge("samflyt.archive.documents", "{document}", "Documents in the store"),
            bytes: gauge("samflyt.archive.documents.size", "By", "Bytes of the documents in the store"),
            damaged: gauge(
                "samflyt.archive.documents.damaged",
                "{document}",
                "Documents that are damaged, missing or not readable, as far as was found",
            ),
            stored: counter("samflyt.archive.documents.stored", "Documents stored and read back"),
            already_there: counter("samflyt.archive.documents.already_there", "Uploads of what was there"),
            verified: counter("samflyt.archive.documents.verified", "Documents read again to verify them"),
            refused: counter("samflyt.archive.documents.refused", "Uploads refused, by reason"),
        }
    }

    pub fn show(&self, tenant: &TenantId, totals: Totals, damaged: usize) {
        let label = [Metrics::label("samflyt.tenant", tenant.to_string())];
        self.documents.record(totals.documents, &label);
        self.bytes.record(totals.bytes, &label);
        self.damaged.record(damaged as u64, &label);
    }

    pub fn count_upload(&self, tenant: &TenantId, already_there: bool) {
        let counter = if already_there { &self.already_there } else { &self.stored };
        counter.add(1, &[Metrics::label("samflyt.tenant", tenant.to_string())]);
    }

    pub fn count_verified(&self, tenant: &TenantId) {
        self.verified.add(1, &[Metrics::label("samflyt.tenant", tenant.to_string())]);
    }

    pub fn refuse(&self, reason: Reason) {
        self.refused.add(1, &[Metrics::label("samflyt.reason", reason.as_str())]);
    }
}

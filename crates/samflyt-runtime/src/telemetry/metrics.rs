//! Metrics by OpenTelemetry names, shown in Prometheus' text format at `/metrics`.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Encoder, Registry, TextEncoder};

/// Of durations: from a tenth of a millisecond to ten seconds.
const SECONDS: [f64; 14] =
    [0.0001, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// Sets up `/metrics`, and the export by OTLP where an endpoint is given.
pub(super) fn init(otlp_endpoint: &str) -> Result<(), super::TelemetryError> {
    let failed = |error: &dyn std::fmt::Display| super::TelemetryError::Exporter(error.to_string());
    if REGISTRY.get().is_some() {
        return Ok(());
    }
    let registry = Registry::new();
    let exporter = opentelemetry_prometheus::exporter().with_registry(registry.clone()).build();
    let mut provider = SdkMeterProvider::builder().with_reader(exporter.map_err(|error| failed(&error))?);
    if !otlp_endpoint.is_empty() {
        let otlp =
            opentelemetry_otlp::MetricExporter::builder().with_tonic().with_endpoint(otlp_endpoint).build();
        provider = provider.with_periodic_exporter(otlp.map_err(|error| failed(&error))?);
    }
    if REGISTRY.set(registry).is_ok() {
        opentelemetry::global::set_meter_provider(provider.build());
    }
    Ok(())
}

/// All metrics of the process, in Prometheus' text format.
pub fn render() -> String {
    let Some(registry) = REGISTRY.get() else { return String::new() };
    let mut text = Vec::new();
    // Writing to memory fails only where a metric is not well-formed; then it is left out.
    let _ = TextEncoder::new().encode(&registry.gather(), &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// Makes instruments; thin, so that every service's `metrics.rs` reads the same.
#[derive(Debug, Clone, Copy)]
pub struct Metrics(pub &'static str);

impl Metrics {
    pub fn counter(self, name: &'static str, unit: &'static str, description: &'static str) -> Counter<u64> {
        let meter = opentelemetry::global::meter(self.0);
        meter.u64_counter(name).with_unit(unit).with_description(description).build()
    }

    pub fn histogram(
        self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
    ) -> Histogram<f64> {
        let meter = opentelemetry::global::meter(self.0);
        let bounds = SECONDS.to_vec();
        meter
            .f64_histogram(name)
            .with_unit(unit)
            .with_description(description)
            .with_boundaries(bounds)
            .build()
    }

    pub fn gauge(self, name: &'static str, unit: &'static str, description: &'static str) -> Gauge<u64> {
        let meter = opentelemetry::global::meter(self.0);
        meter.u64_gauge(name).with_unit(unit).with_description(description).build()
    }

    pub fn label(key: &'static str, value: impl Into<opentelemetry::Value>) -> KeyValue {
        KeyValue::new(key, value.into())
    }
}

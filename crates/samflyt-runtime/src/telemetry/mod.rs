//! Traces, metrics and logs. Initialised once a process; off the hot path where nobody listens.

mod metrics;
pub mod propagation;

use std::io::IsTerminal;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde::{Deserialize, Serialize};
use tracing_subscriber::filter::{EnvFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, registry};

pub use metrics::{Metrics, render};

/// The target of the spans of an event's way. Enabled only where traces are exported.
pub const EVENT_TARGET: &str = "samflyt::event";

/// Where telemetry goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// OTLP over gRPC, such as `http://127.0.0.1:4317`. Empty: no export. `SAMFLYT_TELEMETRY__OTLP_ENDPOINT`
    pub otlp_endpoint: String,
    /// `human` or `json`. `SAMFLYT_TELEMETRY__LOG_FORMAT`
    pub log_format: LogFormat,
    /// What is logged, in the syntax of `tracing`'s `EnvFilter`. `SAMFLYT_TELEMETRY__LOG_FILTER`
    pub log_filter: String,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            otlp_endpoint: String::new(),
            log_format: LogFormat::Human,
            log_filter: "info,async_nats=warn,h2=warn".to_owned(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    Human,
    Json,
}

/// Telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("telemetry.log_filter is not a filter: {0}")]
    Filter(String),
    #[error("telemetry.otlp_endpoint cannot be used: {0}")]
    Exporter(String),
}

/// Flushes what is left when the process ends.
#[derive(Debug, Default)]
#[must_use]
pub struct TelemetryGuard {
    traces: Option<SdkTracerProvider>,
}

/// Sets up logs to standard error, metrics, and traces where an endpoint is given. Needs the tokio runtime.
///
/// # Errors
/// [`TelemetryError`] names the key.
pub fn init(config: &TelemetryConfig, service: &str) -> Result<TelemetryGuard, TelemetryError> {
    opentelemetry::global::set_text_map_propagator(
        opentelemetry_sdk::propagation::TraceContextPropagator::new(),
    );
    metrics::init(&config.otlp_endpoint)?;
    let filter =
        EnvFilter::try_new(&config.log_filter).map_err(|error| TelemetryError::Filter(error.to_string()))?;
    let filter = match format!("{EVENT_TARGET}=off").parse() {
        Ok(off) => filter.add_directive(off),
        Err(_) => filter,
    };
    let format = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let format = match config.log_format {
        LogFormat::Human => format.boxed(),
        LogFormat::Json => format.json().boxed(),
    };
    let traces = exporter(config, service)?;
    let spans = traces.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("samflyt"))
            .with_location(false)
            .with_threads(false)
            .with_filter(Targets::new().with_target(EVENT_TARGET, tracing::Level::TRACE))
    });
    // A second initialisation in one process (tests) keeps the first.
    let _ = registry().with(format.with_filter(filter)).with(spans).try_init();
    Ok(TelemetryGuard { traces })
}

fn exporter(config: &TelemetryConfig, service: &str) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    if config.otlp_endpoint.is_empty() {
        return Ok(None);
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(&config.otlp_endpoint)
        .with_timeout(Duration::from_secs(5))
        .build()
        .map_err(|error| TelemetryError::Exporter(error.to_string()))?;
    let resource = Resource::builder().with_service_name(service.to_owned()).build();
    Ok(Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
}

impl Drop for TelemetryGuard {
    fn drop(&mut self) {
        if let Some(traces) = self.traces.take()
            && let Err(error) = traces.shutdown()
        {
            tracing::debug!(%error, "the last traces were not exported");
        }
    }
}

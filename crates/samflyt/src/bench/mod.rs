//! `samflyt bench`: the hub measured against the broker underneath, in ratios within one run, as JSON.
//!
//! The hub runs as a process of its own, so that its memory and processor time are its own; the broker too.

mod child;
mod delivery;
mod deposits;
mod extraction;
mod fairness;
mod gateway;
mod latency;
mod load;
mod machine;
mod nation;
mod pace;
mod reader;
mod rebuild;
mod received;
mod records;
mod search;
mod webhooks;

use std::process::ExitCode;

use samflyt_runtime::telemetry::{self, TelemetryConfig};
use serde_json::{Value, json};

/// Above this fsync latency, in microseconds, the targets are reported and not judged.
const FSYNC_P99_US_MAX: f64 = 100.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Gateway over gRPC against a bare publisher, synced and not
    Gateway,
    /// Acknowledgement and visibility at 2,000 events/s, synced
    Latency,
    /// Folding lineage anew from a log of a million events
    Rebuild,
    /// Deliveries by pull: how many, how soon, idle, and one that is a million events behind; takes minutes
    Delivery,
    /// What a municipality's flood does to another's events, and to its own urgent ones
    Fairness,
    /// Deposits of one journalpost with one document, durable, and their receipts
    Deposits,
    /// Noark 5 extractions of three sizes, their speed and memory; takes minutes
    Extraction,
    /// Searches over 200,000 records, as messages
    Search,
    /// Deliveries to a hundred webhooks on this machine
    Webhooks,
    /// Questions about a generated nation of 357 municipalities, and what the hub needs for it; takes minutes
    Nation,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt bench gateway\n  samflyt bench --quick    # everything, small: shows that it runs"
)]
pub struct Bench {
    /// What to measure; all of it where nothing is named
    what: Vec<What>,
    /// A tenth of the work, of the nation a thirtieth: shows that it runs, measures nothing worth keeping
    #[arg(long)]
    quick: bool,
    /// Runs of each kind, taken in turn; the median counts
    #[arg(long, default_value_t = 5)]
    runs: usize,
}

impl Bench {
    /// Measures and prints.
    ///
    /// # Errors
    /// Where a broker or a hub cannot start, or an event is not accepted.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let config = TelemetryConfig { log_filter: "warn".to_owned(), ..TelemetryConfig::default() };
        let _telemetry = telemetry::init(&config, "samflyt-bench")?;
        let all = [
            What::Gateway,
            What::Latency,
            What::Rebuild,
            What::Delivery,
            What::Fairness,
            What::Deposits,
            What::Extraction,
            What::Search,
            What::Webhooks,
            What::Nation,
        ];
        let chosen = if self.what.is_empty() { all.to_vec() } else { self.what.clone() };
        let fsync = machine::fsync()?;
        let mut report = json!({
            "machine": machine::describe(),
            "fsync_us": {"p50": fsync.p50, "p99": fsync.p99},
            "judged": fsync.p99 <= FSYNC_P99_US_MAX,
            "quick": self.quick,
            "runs": self.runs,
        });
        for what in chosen {
            let (name, measured): (&str, Value) = match what {
                What::Gateway => ("gateway", gateway::measure(self.runs, self.quick).await?),
                What::Latency => ("latency", latency::measure(self.quick).await?),
                What::Rebuild => ("rebuild", rebuild::measure(self.quick).await?),
                What::Delivery => ("delivery", delivery::measure(self.quick).await?),
                What::Fairness => ("fairness", fairness::measure(self.quick).await?),
                What::Deposits => ("deposits", deposits::measure(self.quick).await?),
                What::Extraction => ("extraction", extraction::measure(self.quick).await?),
                What::Search => ("search", search::measure(self.quick).await?),
                What::Webhooks => ("webhooks", webhooks::measure(self.quick).await?),
                What::Nation => ("nation", nation::measure(self.quick).await?),
            };
            report[name] = measured;
        }
        println!("{report:#}");
        Ok(ExitCode::SUCCESS)
    }
}

/// A quantile of measurements, which are sorted by it.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "an index"
)]
pub(crate) fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let index = ((values.len().saturating_sub(1)) as f64 * q).round() as usize;
    values.get(index).copied().unwrap_or(f64::NAN)
}

pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(&mut values.to_vec(), 0.5)
}

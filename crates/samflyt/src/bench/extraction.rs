//! The Noark 5 extraction of arkivdeler of three sizes: how many journalposter a second, each with a document of 1 kB that is
//! checked, and what memory that needs. The client is the command line.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use samflyt_noark::noark5::SCHEMAS;
use samflyt_runtime::broker::SyncInterval;
use serde_json::{Value, json};
use tokio::process::Command;

use super::child::{self, BenchHub};
use super::load::TENANT;
use super::machine::{cpu_seconds, memory_mib};
use super::records::{self, Store};

/// How often the client's memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(super) async fn measure(quick: bool) -> anyhow::Result<Value> {
    let sizes: [u64; 3] = if quick { [500, 1_000, 2_000] } else { [20_000, 60_000, 200_000] };
    let mut curve = Vec::new();
    for journalposter in sizes {
        let measured = extract(journalposter).await?;
        // The larger ones take long: who waits sees what there is.
        eprintln!("{measured}");
        curve.push(measured);
    }
    Ok(json!({
        "document_bytes": records::DOCUMENT_BYTES,
        "target_records_per_s": 10_000,
        "curve": curve,
    }))
}

async fn extract(journalposter: u64) -> anyhow::Result<Value> {
    let (broker, dir) = child::broker(SyncInterval::Default).await?;
    let hub = BenchHub::start(broker, dir, &["registry", "archive"]).await?;
    hub.register().await?;
    let store = Store::open(&hub).await?;
    let last = store.fill(journalposter).await?;
    records::folded(&hub, &last).await?;
    // Another process, whose memory is that of the extraction alone.
    let (broker, dir) = hub.stop().await?;
    let hub = BenchHub::start(broker, dir, &["registry", "archive"]).await?;
    records::folded(&hub, &last).await?;
    let folder = tempfile::Builder::new().prefix("samflyt-bench-").tempdir()?;
    for schema in SCHEMAS {
        std::fs::write(folder.path().join(schema), schema)?;
    }
    let (idle, _) = memory_mib(hub.pid);
    let (hub_before, broker_before) = (cpu_seconds(hub.pid), cpu_seconds(hub.broker.pid()));
    let since = Instant::now();
    let (counted, client_memory) = export(&hub, folder.path()).await?;
    let seconds = since.elapsed().as_secs_f64();
    let counted: Value = serde_json::from_slice(&counted).context("the export did not say what it did")?;
    ensure!(counted["journalposter"] == journalposter && counted["documents"] == journalposter, "{counted}");
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let per_s = journalposter as f64 / seconds;
    let report = json!({
        "journalposter": journalposter,
        "seconds": seconds,
        "records_per_s": per_s.round(),
        "processor_s": {
            "hub": cpu_seconds(hub.pid) - hub_before, "broker": cpu_seconds(hub.broker.pid()) - broker_before,
        },
        "hub_memory_mib": {"before": idle, "most": memory_mib(hub.pid).1},
        "client_memory_mib_most": client_memory,
    });
    hub.end().await?;
    Ok(report)
}

/// What the command line said, and the most memory that it had.
async fn export(hub: &BenchHub, folder: &Path) -> anyhow::Result<(Vec<u8>, u64)> {
    let mut child = Command::new(std::env::current_exe()?)
        .args([
            "archive",
            "export",
            "--json",
            "--tenant",
            TENANT,
            "--arkivdel",
            records::ARKIVDEL,
            "--schemas",
        ])
        .arg(folder)
        .arg("--to-folder")
        .arg(folder)
        .env("SAMFLYT_ENDPOINT", &hub.endpoint)
        .env("SAMFLYT_TOKEN", &hub.token)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let pid = child.id().context("the export has ended")?;
    let mut most = 0;
    while child.try_wait()?.is_none() {
        most = most.max(memory_mib(pid).1);
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let output = child.wait_with_output().await?;
    ensure!(output.status.success(), "the export failed");
    Ok((output.stdout, most))
}

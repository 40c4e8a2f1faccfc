//! A nation of some size, measured: start, memory, questions, rest, and start again.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use samflyt_proto::common::Position;
use samflyt_proto::lineage::GetStatusRequest;
use samflyt_runtime::broker::Broker;
use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;

use super::sample::Sample;
use super::{graphs, insight};
use crate::bench::child::BenchHub;
use crate::bench::machine::{cpu_seconds, disk_bytes, memory_mib};
use crate::client::Client;

const SERVICES: [&str; 2] = ["registry", "lineage"];
/// How long everything may take to be folded.
const FOLDED_WITHIN: Duration = Duration::from_secs(900);
const ASKED_EVERY: Duration = Duration::from_millis(500);
/// For how long the hub is watched while nothing happens.
const AT_REST: Duration = Duration::from_secs(10);

pub(super) struct Grown {
    pub municipalities: usize,
    pub last_year: OffsetDateTime,
}

impl Grown {
    /// Gives broker and folder back for more.
    pub async fn measure(&self, broker: Broker, dir: TempDir) -> anyhow::Result<(Value, (Broker, TempDir))> {
        let (hub, started) = self.start(broker, dir).await?;
        let client = hub.client().await?;
        let after_start = memory_mib(hub.pid).0;
        let at_rest = at_rest(&hub).await?;
        let sample = Sample::draw(self.municipalities)?;
        let graphs = graphs::measure(&client, &sample.systems, self.last_year).await?;
        let insight = insight::measure(&client, &sample).await;
        let (now, most) = memory_mib(hub.pid);
        let disk = disk_bytes(&hub.dir.path().join("lineage"));
        let (broker, dir) = hub.stop().await?;
        let (hub, again) = self.start(broker, dir).await?;
        let after_second_start = memory_mib(hub.pid).0;
        let report = json!({
            "municipalities": self.municipalities,
            "start_with_what_is_new": started,
            "start_again": again,
            "at_rest": at_rest,
            "memory_mib": {
                "when_folded": after_start,
                "after_the_questions": now,
                "most": most,
                "after_the_second_start": after_second_start,
            },
            "lineage_disk_mib": disk >> 20,
            "flow_graph": graphs,
            "insight": insight,
        });
        Ok((report, hub.stop().await?))
    }

    /// Until the doors are open (the catalogue is folded), and until lineage has folded every log.
    async fn start(&self, broker: Broker, dir: TempDir) -> anyhow::Result<(BenchHub, Value)> {
        let since = Instant::now();
        let hub = BenchHub::start(broker, dir, &SERVICES).await?;
        let ready = since.elapsed().as_secs_f64();
        let folded = self.folded(&hub.client().await?, since).await?;
        let report = json!({
            "seconds_until_ready": ready,
            "seconds_until_folded": since.elapsed().as_secs_f64(),
            "log_messages": folded,
            "processor_seconds": cpu_seconds(hub.pid),
        });
        Ok((hub, report))
    }

    async fn folded(&self, client: &Client, since: Instant) -> anyhow::Result<u64> {
        loop {
            let status = client.lineage().get_status(GetStatusRequest::default()).await?.into_inner();
            let positions = status.completeness.context("a status without completeness")?.positions;
            let behind: Vec<&Position> =
                positions.iter().filter(|of| of.lag_events > 0 || of.head_observed_at.is_none()).collect();
            // A municipality has two logs.
            if positions.len() >= self.municipalities * 2 && behind.is_empty() {
                return Ok(positions.iter().map(|position| position.sequence).sum());
            }
            let first = behind.first();
            ensure!(
                since.elapsed() < FOLDED_WITHIN,
                "{} of {} logs are not folded, the first: {first:?}",
                behind.len(),
                positions.len()
            );
            tokio::time::sleep(ASKED_EVERY).await;
        }
    }
}

/// What the hub and its broker cost while nothing happens, in parts of one core.
async fn at_rest(hub: &BenchHub) -> anyhow::Result<Value> {
    let cpu = || (cpu_seconds(hub.pid), cpu_seconds(hub.broker.pid()));
    let (before, since) = (cpu(), Instant::now());
    tokio::time::sleep(AT_REST).await;
    let (after, seconds) = (cpu(), since.elapsed().as_secs_f64());
    Ok(json!({
        "seconds": seconds,
        "hub_cores": (after.0 - before.0) / seconds,
        "broker_cores": (after.1 - before.1) / seconds,
    }))
}

//! A hub as a process of its own, on a broker of the bench's own.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context;
use samflyt_events::catalogue::Scope;
use samflyt_proto::registry as pb;
use samflyt_runtime::SystemClock;
use samflyt_runtime::auth::{DevIssuer, TokenRequest};
use samflyt_runtime::broker::{Broker, BrokerOptions, SyncInterval};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::load;
use crate::client::Client;
use crate::run::OPERATOR;

pub(super) struct BenchHub {
    pub broker: Broker,
    pub endpoint: String,
    pub token: String,
    pub pid: u32,
    child: Child,
    pub dir: tempfile::TempDir,
}

/// The broker alone, and a place for a hub.
pub(super) async fn broker(sync: SyncInterval) -> anyhow::Result<(Broker, tempfile::TempDir)> {
    let dir = tempfile::Builder::new().prefix("samflyt-bench-").tempdir()?;
    let mut options = BrokerOptions::in_dir(dir.path().join("broker"));
    options.sync = sync;
    Ok((Broker::start(options).await?, dir))
}

/// What a municipality may publish is not what is measured.
const NO_LIMITS: [(&str, &str); 2] =
    [("SAMFLYT_GATEWAY__LIMITS__EVENTS_PER_S", "0"), ("SAMFLYT_GATEWAY__LIMITS__BYTES_PER_S", "0")];

impl BenchHub {
    /// A hub that takes from a municipality whatever it can.
    pub async fn start(broker: Broker, dir: tempfile::TempDir, services: &[&str]) -> anyhow::Result<Self> {
        Self::start_with(broker, dir, services, &NO_LIMITS).await
    }

    /// A hub with these variables beside.
    pub async fn start_with(
        broker: Broker,
        dir: tempfile::TempDir,
        services: &[&str],
        variables: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let clock = SystemClock::shared();
        let issuer = DevIssuer::open(dir.path(), clock)?;
        let (child, endpoint) = spawn(&broker, dir.path(), &issuer, services, variables).await?;
        let token = issuer.issue(&TokenRequest {
            consumer: OPERATOR.to_owned(),
            supplier: None,
            client_id: None,
            scopes: Scope::ALL.iter().map(|scope| scope.as_str().to_owned()).collect(),
            lifetime: time::Duration::hours(6),
        })?;
        let pid = child.id().context("the hub has ended")?;
        Ok(Self { broker, endpoint, token, pid, child, dir })
    }

    pub async fn client(&self) -> anyhow::Result<Client> {
        Client::connect(&self.endpoint, &self.token).await
    }

    /// Registers what the load needs.
    pub async fn register(&self) -> anyhow::Result<()> {
        let mut registry = self.client().await?.registry();
        let tenant = pb::RegisterTenantRequest {
            id: load::TENANT.to_owned(),
            municipality_number: "4022".to_owned(),
            organisation_number: OPERATOR.to_owned(),
            name: "Bench".to_owned(),
            ..Default::default()
        };
        registry.register_tenant(tenant).await?;
        for system in load::SYSTEMS {
            let system = pb::RegisterSystemRequest {
                id: system.to_owned(),
                host: load::TENANT.to_owned(),
                product: "bench".to_owned(),
                name: system.to_owned(),
                ..Default::default()
            };
            registry.register_system(system).await?;
        }
        let document = load::contract()?.to_json();
        registry.publish_contract(pb::PublishContractRequest { document, ..Default::default() }).await?;
        Ok(())
    }

    /// Ends the hub and empties its folder, but for the broker's part.
    pub async fn leave(mut self) -> anyhow::Result<(Broker, tempfile::TempDir)> {
        self.child.kill().await?;
        for projection in ["lineage", "gateway"] {
            let _ = std::fs::remove_dir_all(self.dir.path().join(projection));
        }
        Ok((self.broker, self.dir))
    }

    /// Tells the hub to stop, and waits until it has put everything away: another can be started where it was.
    pub async fn stop(mut self) -> anyhow::Result<(Broker, tempfile::TempDir)> {
        let pid = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw);
        let pid = pid.context("the hub has no process id")?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let status = self.child.wait().await?;
        anyhow::ensure!(status.success(), "the hub did not stop as it should: {status}");
        Ok((self.broker, self.dir))
    }

    pub async fn end(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        self.broker.stop().await;
        Ok(())
    }
}

async fn spawn(
    broker: &Broker,
    dir: &Path,
    issuer: &DevIssuer,
    services: &[&str],
    variables: &[(&str, &str)],
) -> anyhow::Result<(Child, String)> {
    let access = broker.access();
    let trusted = issuer.issuer_config();
    let issuers = format!(
        "[{{issuer = {:?}, audience = {:?}, jwks = {:?}}}]",
        trusted.issuer,
        trusted.audience,
        String::from(trusted.jwks)
    );
    let mut child = Command::new(std::env::current_exe()?)
        .arg("serve")
        .args(services)
        .arg("--json")
        .env("SAMFLYT_DATA_DIR", dir)
        .env("SAMFLYT_NATS__URL", &access.url)
        .env("SAMFLYT_NATS__USER", &access.hub_user)
        .env("SAMFLYT_NATS__PASSWORD", &access.hub_password)
        .env("SAMFLYT_AUTH__ISSUERS", issuers)
        .env("SAMFLYT_REGISTRY__OPERATOR", OPERATOR)
        .env("SAMFLYT_GRPC__LISTEN", "127.0.0.1:0")
        .env("SAMFLYT_HTTP__LISTEN", "127.0.0.1:0")
        // The bench's own endpoints are on this machine.
        .env("SAMFLYT_DELIVERY__WEBHOOK__ALLOW_PRIVATE", "true")
        .env("SAMFLYT_DELIVERY__WEBHOOK__ALLOW_HTTP", "true")
        .env("SAMFLYT_TELEMETRY__LOG_FILTER", "warn")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = child.stdout.take().context("no standard output")?;
    let line = BufReader::new(output).lines().next_line().await?.context("the hub did not start")?;
    let ready: Value = serde_json::from_str(&line)?;
    Ok((child, ready["grpc"].as_str().context("no endpoint")?.to_owned()))
}

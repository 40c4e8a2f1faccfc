//! `samflyt up`: a whole hub on this machine, with one command.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use samflyt_runtime::broker::{Broker, BrokerExit};
use samflyt_runtime::telemetry;
use serde_json::json;

use super::{LocalHub, load_config, until_stopped};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt up --data-dir ./data\n  SAMFLYT_GRPC__LISTEN=127.0.0.1:0 samflyt up --json"
)]
pub struct Up {
    /// A broker that runs already, such as nats://127.0.0.1:4222; user and password come from the configuration
    #[arg(long)]
    nats: Option<String>,
    /// The configuration file; config/samflyt.toml documents every key
    #[arg(long, env = "SAMFLYT_CONFIG")]
    config: Option<PathBuf>,
    /// Prints endpoints and token as one line of JSON
    #[arg(long)]
    json: bool,
}

impl Up {
    /// Runs until it is told to stop.
    ///
    /// # Errors
    /// What is wrong with the configuration or the broker, or what died.
    pub async fn run(self, data_dir: Option<PathBuf>) -> anyhow::Result<ExitCode> {
        let mut config = load_config(self.config.as_deref())?;
        if let Some(dir) = data_dir {
            config.data_dir = dir;
        }
        if let Some(url) = self.nats {
            config.nats.url = url;
        }
        let _telemetry = telemetry::init(&config.telemetry, "samflyt")?;
        let local = LocalHub::start(config).await?;
        supervise(&local);
        announce(&local, self.json)?;
        until_stopped(&local.hub).await?;
        local.end().await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A broker that ends by itself is started again; one that keeps ending takes the hub with it.
pub(crate) fn supervise(local: &LocalHub) {
    let Some(broker) = &local.broker else { return };
    let (broker, stop) = (Arc::clone(broker), local.hub.lifecycle.services.clone());
    local.hub.lifecycle.spawn("broker", async move {
        let exit = stop.run_until_cancelled_owned(supervised(broker)).await;
        exit.map_or(Ok(()), |exit| Err(format!("the broker ended and does not start again: {exit}")))
    });
}

async fn supervised(broker: Arc<Broker>) -> BrokerExit {
    broker.supervise(true).await
}

pub(crate) fn announce(local: &LocalHub, as_json: bool) -> anyhow::Result<()> {
    let (grpc, http) = (local.hub.grpc, local.hub.http);
    let config = local.hub.log.config();
    let token = local.operator_token()?;
    if as_json {
        let ready = json!({
            "ready": true,
            "grpc": format!("http://{grpc}"),
            "http": format!("http://{http}"),
            "nats": {"url": config.url, "hub_user": config.user, "hub_password": config.password},
            "operator_token": token,
        });
        println!("{ready}");
        return Ok(());
    }
    println!("The hub is up.");
    println!("  gRPC     http://{grpc}    (SAMFLYT_ENDPOINT)");
    println!("  HTTP     http://{http}    POST /v1/events, /v1/openapi.json, /metrics");
    println!("  broker   {}    systems connect with their token", config.url);
    println!("  token    {}    the operator's, for a day", local.data_dir.join("operator-token").display());
    println!(
        "A token for a system:  samflyt token --organisation 964963282 --client my-system --scope samflyt:publish"
    );
    Ok(())
}

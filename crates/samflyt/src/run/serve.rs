//! `samflyt serve <service>…`: some services of a hub whose broker and issuers run elsewhere.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use samflyt_runtime::{SystemClock, telemetry};
use tokio::signal::unix::{SignalKind, signal};

use crate::hub::{Hub, HubConfig, Service};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt serve gateway registry --config /etc/samflyt/samflyt.toml")]
pub struct Serve {
    /// The services to run in this process
    #[arg(required = true)]
    services: Vec<Service>,
    /// The configuration file; config/samflyt.toml documents every key
    #[arg(long, env = "SAMFLYT_CONFIG")]
    config: Option<PathBuf>,
    /// Prints the endpoints as one line of JSON when ready
    #[arg(long)]
    json: bool,
}

/// File, then environment.
///
/// # Errors
/// What is wrong, with file or variable and key.
pub fn load_config(file: Option<&Path>) -> anyhow::Result<HubConfig> {
    Ok(samflyt_runtime::config::load(file, std::env::vars())?)
}

impl Serve {
    /// Runs until it is told to stop.
    ///
    /// # Errors
    /// What is wrong with the configuration or the broker, or what died.
    pub async fn run(self, data_dir: Option<PathBuf>) -> anyhow::Result<ExitCode> {
        let mut config = load_config(self.config.as_deref())?;
        if let Some(dir) = data_dir {
            config.data_dir = dir;
        }
        if config.nats.url.is_empty() {
            bail!(
                "nats.url is empty: `serve` needs a broker that runs already; `samflyt up` starts one of its own"
            );
        }
        let _telemetry = telemetry::init(&config.telemetry, "samflyt")?;
        let hub = Hub::start(config, &self.services.into_iter().collect(), SystemClock::shared()).await?;
        tracing::info!(grpc = %hub.grpc, http = %hub.http, "serving");
        if self.json {
            let (grpc, http) = (format!("http://{}", hub.grpc), format!("http://{}", hub.http));
            println!("{}", serde_json::json!({"ready": true, "grpc": grpc, "http": http}));
        }
        until_stopped(&hub).await?;
        hub.end().await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Waits for SIGTERM, Ctrl-C, or something that died.
///
/// # Errors
/// Where signals cannot be listened for.
pub async fn until_stopped(hub: &Hub) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("signals")?;
    tokio::select! {
        _ = terminate.recv() => tracing::info!("told to stop; answering what was taken"),
        result = tokio::signal::ctrl_c() => {
            result.context("signals")?;
            tracing::info!("told to stop; answering what was taken");
        }
        () = hub.lifecycle.asked_to_end() => {}
    }
    Ok(())
}

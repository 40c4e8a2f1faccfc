//! `samflyt demo`: a region, its house, its contracts, and one week of its affairs, through the real doors of a real hub.

mod archive;
pub mod catalogue;
pub mod contracts;
mod house;
mod publish;
pub mod region;
mod setup;
mod show;
pub mod week;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use samflyt_runtime::{SystemClock, telemetry};

use crate::client::Client;
use crate::hub::{HubConfig, Listen};
use crate::run::{LocalHub, announce, load_config, supervise, until_stopped};

use catalogue::{Drift, House};
use publish::Totals;
use region::Region;
use week::week;

/// The seed of the week that everybody sees.
const SEED: u64 = 2026;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt demo\n  samflyt demo --keep    # stays up, prints endpoints and a token"
)]
pub struct Demo {
    /// Stays up when the week is published
    #[arg(long)]
    keep: bool,
    /// Another week
    #[arg(long, default_value_t = SEED)]
    seed: u64,
}

impl Demo {
    /// Runs the week in a folder (none: a temporary one), shows what became of it, and checks the totals.
    ///
    /// # Errors
    /// Where the hub cannot start, or the week does not add up.
    pub async fn run(self, data_dir: Option<PathBuf>) -> anyhow::Result<ExitCode> {
        let region = Region::embedded()?;
        let mut config: HubConfig = load_config(None)?;
        let inhabitants = |tenant: &region::Tenant| (tenant.id.clone(), u64::from(tenant.inhabitants));
        config.lineage.population = region.tenants.iter().map(inhabitants).collect();
        let temporary = match &data_dir {
            Some(dir) => {
                config.data_dir.clone_from(dir);
                None
            }
            None => {
                let dir = tempfile::Builder::new().prefix("samflyt-demo-").tempdir()?;
                config.data_dir = dir.path().to_owned();
                Some(dir)
            }
        };
        if !self.keep {
            config.grpc = Listen::loopback(0);
            config.http = Listen::loopback(0);
        }
        if std::env::var_os("SAMFLYT_TELEMETRY__LOG_FILTER").is_none() {
            "warn".clone_into(&mut config.telemetry.log_filter);
        }
        let _telemetry = telemetry::init(&config.telemetry, "samflyt")?;
        println!("Starting a hub: broker, gateway, registry, lineage, archive, in one process");
        let local = LocalHub::start(config).await?;
        supervise(&local);
        let shown = self.show(&local, &region).await;
        if self.keep && shown.is_ok() {
            announce(&local, false)?;
            until_stopped(&local.hub).await?;
        }
        let ended = local.end().await;
        drop(temporary);
        let adds_up = shown?;
        ended?;
        Ok(if adds_up { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn show(&self, local: &LocalHub, region: &Region) -> anyhow::Result<bool> {
        let operator =
            Client::connect(&format!("http://{}", local.hub.grpc), &local.operator_token()?).await?;
        setup::register(&operator, region).await.context("registering the region")?;
        let today = SystemClock::shared().now().date();
        let house = House::embedded(region, today)?;
        catalogue::put(&operator, &house).await.context("describing the house")?;
        let week = week(self.seed);
        archive::prepare(local, &operator, region, &week).await.context("preparing the archives")?;
        let mut totals = publish::publish(local, region, &week).await?;
        archive::answered(&operator, &week, &mut totals).await?;
        publish::replace(&operator, region).await?;
        show::week(&operator, &week, &totals).await?;
        let kept = archive::page(&operator, &week, &totals).await?;
        let expected = Drift::of(&house.agreements, &week.flows(), &contracts::all_contracts()?, today);
        let declared = house::pages(&operator, &house, &expected, &week, &totals).await?;
        let agrees = show::positions(&operator, &totals).await?;
        Ok(kept && declared && agrees && totals.iter().all(Totals::adds_up))
    }
}

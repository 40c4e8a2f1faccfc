//! `samflyt doctor`: what is wrong with this machine or this hub, and what to do about it.

mod broker;
mod check;
mod disk;
mod durability;
mod http;
mod hub;
mod ports;

use std::process::ExitCode;

use super::{Remote, output};
use check::{Check, Level};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt doctor\n  samflyt doctor --data-dir /var/lib/samflyt \
                        --monitor-url http://nats-1:8222\n\nExit code 1 if anything fails.")]
pub struct Doctor {
    /// A broker that runs already: is it reachable, and new enough
    #[arg(long, value_name = "URL")]
    nats_url: Option<String>,
    /// The broker's monitoring address [default: that of the broker in the data directory]
    #[arg(long, value_name = "URL")]
    monitor_url: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        let dir = remote.data_dir().to_owned();
        let mut checks = vec![broker::binary().await];
        if let Some(url) = &self.nats_url {
            checks.push(broker::reachable(url).await);
        }
        checks.push(durability::check(self.monitor_url.as_deref(), &dir).await);
        checks.extend(hub::checks(remote).await);
        checks.push(ports::grpc(remote).await);
        checks.push(ports::http().await);
        checks.push(disk::space(&dir));
        checks.push(disk::fsync(dir).await);
        checks.push(inbox_hint());
        if self.json {
            output::print_json(&checks.iter().map(Check::json).collect())?;
        } else {
            output::print(&checks.iter().map(Check::line).collect::<String>())?;
        }
        let fails = checks.iter().any(|check| check.level == Level::Fail);
        Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn inbox_hint() -> Check {
    Check::hint(
        "nats clients",
        "a system sees its replies only below its own inbox prefix (`samflyt token --json` prints it): set it in the \
         client. A forbidden subject is a time-out there, not an error",
    )
}

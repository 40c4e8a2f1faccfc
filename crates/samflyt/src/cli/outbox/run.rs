//! `samflyt outbox run`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use samflyt_adapters::outbox::{Door, Forwarding, Limits, Opened, Outbox, Told};
use samflyt_runtime::SystemClock;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::Place;
use crate::cli::{Remote, output};

const EXAMPLE: &str = "\
Example:
  samflyt outbox run --dir ./outbox --tenant seljord --system seljord-oppvekst --token-file token

POST /events takes CloudEvents in the JSON event format, with the token of the file `door-token` in
the folder; 202 means that the event is on disk. SIGTERM and Ctrl-C end it, and so may a kill.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Run {
    #[command(flatten)]
    place: Place,
    /// The municipality of events that name none
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The system of events that name no source
    #[arg(long, value_name = "ID")]
    system: String,
    /// Where `POST /events` is taken on this machine; 0: any free port
    #[arg(long, default_value_t = 8070)]
    port: u16,
    /// What waits may take of the disk; then events are refused
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    max_bytes: u64,
    /// Reads the bearer token from this file before each connection, instead of --token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A refused event holds back the later ones of its entity, and is tried again, instead of being set aside
    #[arg(long)]
    hold_entity: bool,
}

impl Run {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<ExitCode> {
        let hub = remote.adapted(self.token_file, self.tenant.clone(), self.system.clone())?;
        let dir = &self.place.dir;
        let limits = Limits { bytes_max: self.max_bytes, tenant: self.tenant, system: self.system };
        let (outbox, opened) = Outbox::open(dir, limits, SystemClock::shared())
            .with_context(|| format!("the outbox {} cannot be opened", dir.display()))?;
        let door = Door::open(dir, self.port)
            .await
            .with_context(|| format!("port {} of this machine: --port names another", self.port))?;
        begun(&opened, &door.address.url, as_json)?;
        let outbox = Arc::new(outbox);
        let forwarding = Forwarding { hold_entity: self.hold_entity };
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            done = door.serve(Arc::clone(&outbox)) => done.context("the door failed")?,
            done = outbox.forward(&hub, forwarding, |told| tell(told, as_json)) => {
                match done.context("the outbox cannot be read or written")? {}
            }
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn begun(opened: &Opened, url: &str, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return output::print_json_line(&json!({"ready": true, "url": url, "opened": opened}));
    }
    for file in &opened.damaged {
        eprintln!("damaged records were set aside, and may have been events: damaged/{file}");
    }
    output::print(&format!("{} events wait; events are taken at {url}", opened.waiting))
}

/// A reader that has gone is no reason to stop forwarding.
fn tell(told: &Told, as_json: bool) {
    if as_json {
        let _ = output::print_json_line(&json!(told));
    } else {
        let lines: Vec<String> = told.to_string().lines().map(output::plain).collect();
        eprintln!("{}", lines.join("\n"));
    }
}

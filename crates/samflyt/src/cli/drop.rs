//! `samflyt drop`: a folder whose files are deposited.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use samflyt_adapters::archive_drop::{DropConfig, Tally, Told, run};
use samflyt_runtime::SystemClock;
use serde_json::json;

use super::{EXIT_INTERRUPTED, Remote, output};

const EXAMPLE: &str = "\
Example:
  samflyt drop --folder ./drop --tenant seljord --system seljord-oppvekst --token-file token

A message is `inn/NAME.xml` (arkivmelding, or arkivmeldingOppdatering) with the documents that it refers to beside it, or a
folder `inn/NAME/` with `arkivmelding.xml` and its documents. What is kept goes to `ferdig/DATE/NAME/` with its receipt; what is
refused goes to `avvist/NAME/` with the reason in `grunn.txt`: mend it, and move it back to `inn`.

A file is taken when two looks found it the same. Writing it as NAME.xml.tmp and renaming it makes that sure. The command
may be killed and started again at any moment: nothing is lost, and nothing is deposited twice.

With --once the exit code is 1 if anything was refused or is not whole.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Drop {
    /// The folder; what is missing of `inn`, `ferdig` and `avvist` in it is made
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// The municipality whose archive it is
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The system of the hub that the messages are from
    #[arg(long, value_name = "ID")]
    system: String,
    /// Reads the bearer token from this file before each call, instead of --token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Ends when all that is whole is settled
    #[arg(long)]
    once: bool,
    /// How long between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    poll_s: u32,
    /// For how long missing documents and half-written XML are waited for in silence; then the one is told, and the other
    /// sent as it is
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    patience_s: u32,
    /// Prints JSON lines: what happens, then a summary
    #[arg(long)]
    json: bool,
}

impl Drop {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        let hub = remote.adapted(self.token_file, self.tenant, self.system)?;
        let config = DropConfig {
            folder: self.folder,
            poll: Duration::from_secs(self.poll_s.into()),
            patience: Duration::from_secs(self.patience_s.into()),
            once: self.once,
        };
        let tell = |told: &Told| tell(told, self.json);
        let ended = tokio::select! {
            ended = run(config, hub, SystemClock::shared(), tell) => ended?,
            _ = tokio::signal::ctrl_c() => return Ok(ExitCode::from(EXIT_INTERRUPTED)),
        };
        summary(ended, self.json)?;
        Ok(if ended.refused + ended.left > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// A reader that has gone is no reason to stop depositing.
fn tell(told: &Told, as_json: bool) {
    let _ = match (as_json, told) {
        (true, _) => output::print_json_line(&json!(told)),
        (false, Told::Done { .. }) => output::print(&shown(told)),
        (false, _) => {
            eprintln!("{}", shown(told));
            Ok(())
        }
    };
}

/// Names of files are shown as a terminal may show them.
fn shown(told: &Told) -> String {
    told.to_string().lines().map(output::plain).collect::<Vec<_>>().join("\n")
}

fn summary(tally: Tally, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        output::print_json_line(&json!({"summary": tally}))
    } else {
        output::print(&tally.to_string())
    }
}

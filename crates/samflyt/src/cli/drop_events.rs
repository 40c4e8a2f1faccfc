//! `samflyt drop-events`: a folder whose files are rows of events.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use samflyt_adapters::event_drop::{DropConfig, Mapping, Told, run};
use samflyt_runtime::SystemClock;
use serde_json::json;

use super::{EXIT_INTERRUPTED, Remote, output};

const EXAMPLE: &str = "\
Example:
  samflyt drop-events --folder ./drop --mapping places.toml --tenant seljord \\
          --system seljord-oppvekst --token-file token

  # places.toml
  format = \"csv\"                        # or \"json-lines\"
  delimiter = \";\"                       # of CSV
  type = \"kindergarten.place-offered\"
  entity = \"saksnr\"                     # columns of the header, or members of the JSON object
  time = \"dato\"                         # RFC 3339, or a date
  # id = \"radnr\"                        # else the row's digest
  # correlation = \"saksnr\"
  [data]
  case = { column = \"saksnr\" }
  # text, integer, number, boolean; any: of JSON lines
  hours_per_week = { column = \"timer\", type = \"integer\" }
  note = { column = \"merknad\", optional = true }

Files in `inn/` are taken when two looks found them the same; other files are left there. A file
goes to `ferdig/DATE/NAME/` when any of it was accepted, with the refused lines and the reason of
each (`grunn.txt`) beside it; to `avvist/NAME/` when nothing was. A file that comes twice is the
same events.

With --once the exit code is 1 if anything was refused.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct DropEvents {
    /// The folder; what is missing of `inn`, `ferdig` and `avvist` in it is made
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// What a row means
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// The municipality that the events are of
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The system of the hub that the events are from
    #[arg(long, value_name = "ID")]
    system: String,
    /// Reads the bearer token from this file before each connection, instead of --token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Ends when all that is whole is settled
    #[arg(long)]
    once: bool,
    /// How long between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    poll_s: u32,
    /// Prints JSON lines: what happens, then a summary
    #[arg(long)]
    json: bool,
}

impl DropEvents {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        let hub = remote.adapted(self.token_file, self.tenant, self.system)?;
        let mapping = Mapping::of_file(&self.mapping)?;
        let poll = Duration::from_secs(self.poll_s.into());
        let config = DropConfig { folder: self.folder, poll, once: self.once };
        let as_json = self.json;
        let mut refused = false;
        let mut tell = |told: &Told| {
            refused |= matches!(told, Told::Refused { .. });
            show(told, as_json);
        };
        let tally = tokio::select! {
            ended = run(config, mapping, hub, SystemClock::shared(), &mut tell) => ended?,
            _ = tokio::signal::ctrl_c() => return Ok(ExitCode::from(EXIT_INTERRUPTED)),
        };
        if as_json {
            output::print_json_line(&json!({"summary": tally}))?;
        } else {
            output::print(&tally.to_string())?;
        }
        Ok(if refused || tally.refused > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// A reader that has gone is no reason to stop publishing.
fn show(told: &Told, as_json: bool) {
    let text = output::plain(&told.to_string());
    let _ = match (as_json, told) {
        (true, _) => output::print_json_line(&json!(told)),
        (false, Told::Done { .. }) => output::print(&text),
        (false, _) => {
            eprintln!("{text}");
            Ok(())
        }
    };
}

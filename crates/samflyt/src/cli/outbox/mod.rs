//! `samflyt outbox`: events that are on disk here before the hub has them.

mod put;
mod run;
mod status;

use std::path::PathBuf;
use std::process::ExitCode;

use super::Remote;

const EXAMPLE: &str = "\
Example:
  samflyt outbox run --dir ./outbox --tenant seljord --system seljord-oppvekst --token-file token
  curl -H \"Authorization: Bearer $(cat outbox/door-token)\" \\
       -H 'Content-Type: application/cloudevents+json' \\
       -d @event.json http://127.0.0.1:8070/events
  samflyt outbox put events.jsonl --dir ./outbox
  samflyt outbox status --dir ./outbox

An event is answered when it is on disk here. It is sent when the hub is reachable, events of one
entity in the order in which they were put, also after weeks without a line and after any kill:
nothing is lost, and nothing is there twice. What the hub refuses is in `refused/` with the reason.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Outbox {
    /// Prints JSON: lines of what happens, or the answer
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Takes events on this machine, and forwards them to the hub
    Run(run::Run),
    /// Puts events from a file of JSON lines into the outbox
    Put(put::Put),
    /// Shows how much waits, since when, and what was refused
    Status(status::Status),
}

/// Which outbox.
#[derive(Debug, clap::Args)]
struct Place {
    /// The outbox's folder
    #[arg(long, value_name = "DIR", default_value = "./outbox")]
    dir: PathBuf,
}

impl Outbox {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Run(command) => command.run(remote, self.json).await,
            Command::Put(command) => command.run(self.json).await,
            Command::Status(command) => command.run(self.json),
        }
    }
}

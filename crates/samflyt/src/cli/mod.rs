//! The client commands: what a person or a script asks of a hub that runs.
//!
//! Consumes arguments, environment and the hub's gRPC API; gives text, or JSON with `--json`. Kept true: answers go to
//! standard output and nothing else does; an answer about lineage says how far it reaches; a refusal is shown with its
//! reason, its fields and what to do; the exit code is 0 for success, 1 for a failure, 2 for wrong usage.

mod archive;
mod doctor;
mod drop;
mod drop_events;
mod failure;
mod file;
mod json;
mod lineage;
mod outbox;
mod output;
mod projection;
mod push;
mod registry;
mod remote;
mod show;
mod status;
mod subscription;
mod token;

use std::process::ExitCode;

pub use failure::Failure;
pub(crate) use lineage::{render_outline, render_trace};
pub(crate) use output::Table;
pub use remote::Remote;
pub(crate) use show::number;

/// As a shell says it of a command that Ctrl-C ended.
const EXIT_INTERRUPTED: u8 = 130;

/// The client commands. `main` flattens them beside those that run a hub.
#[derive(Debug, clap::Subcommand)]
pub enum ClientCommand {
    /// Issues a token from the development issuer
    Token(token::Token),
    /// Reads and changes the catalogue: tenants, systems, contracts, grants
    Registry(registry::Registry),
    /// Publishes events from a file of JSON lines
    Push(push::Push),
    /// Asks where information came from, and where it went
    Lineage(lineage::Lineage),
    /// Puts documents into the archive, fetches and verifies them
    Archive(archive::Archive),
    /// Watches a folder, and deposits the arkivmelding XML and the documents that are put into it
    Drop(drop::Drop),
    /// Watches a folder, and publishes the rows of the CSV and JSON lines that are put into it
    DropEvents(drop_events::DropEvents),
    /// Keeps events on disk here until the hub has them
    Outbox(outbox::Outbox),
    /// What consumers receive: subscriptions, dead letters, replays
    Subscription(subscription::Subscription),
    /// Works on the hub's projections
    Projection(projection::Projection),
    /// Shows how far each tenant's log is reflected, and which systems are silent
    Status(status::Status),
    /// Checks this machine and the hub, and says what to mend
    Doctor(doctor::Doctor),
}

impl ClientCommand {
    /// Runs the command to its end.
    ///
    /// # Errors
    /// What went wrong, readable as it stands; `main` prints it and exits with 1.
    pub async fn run(self, remote: Remote) -> anyhow::Result<ExitCode> {
        match self {
            Self::Token(command) => command.run(&remote),
            Self::Registry(command) => command.run(&remote).await,
            Self::Push(command) => command.run(&remote).await,
            Self::Lineage(command) => command.run(&remote).await,
            Self::Archive(command) => command.run(&remote).await,
            Self::Drop(command) => command.run(&remote).await,
            Self::DropEvents(command) => command.run(&remote).await,
            Self::Outbox(command) => command.run(&remote).await,
            Self::Subscription(command) => command.run(&remote).await,
            Self::Projection(command) => command.run(&remote).await,
            Self::Status(command) => command.run(&remote).await,
            Self::Doctor(command) => command.run(&remote).await,
        }
    }
}

#[cfg(test)]
mod tests;

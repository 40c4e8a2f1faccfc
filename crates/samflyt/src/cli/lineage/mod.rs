//! `samflyt lineage`: where information came from, and where it went.

mod ask;
mod csv;
mod dot;
mod event;
mod flows;
mod graph;
mod history;
mod mermaid;
mod open_lineage;
mod outline;
mod trace;

use std::process::ExitCode;

pub(super) use ask::AsOf;
pub(crate) use outline::render as render_outline;
pub(crate) use trace::render as render_trace;

use super::Remote;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage trace seljord seljord-oppvekst/soknad-17")]
pub struct Lineage {
    /// Prints JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Shows the affair of an event as a tree: causes up, consequences down
    Trace(trace::Trace),
    /// Shows what happened to an entity, oldest first
    History(history::History),
    /// Shows one event with its data
    Event(event::Show),
    /// Lists flows: provider, event type, consumer, as observed
    Flows(flows::Flows),
    /// Draws the flows around a system or an event type
    Graph(graph::Graph),
    /// Writes the flows as OpenLineage events, one in each line
    Openlineage(open_lineage::OpenLineage),
}

impl Lineage {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Trace(command) => command.run(remote, self.json).await?,
            Command::History(command) => command.run(remote, self.json).await?,
            Command::Event(command) => command.run(remote, self.json).await?,
            Command::Flows(command) => command.run(remote, self.json).await?,
            Command::Graph(command) => command.run(remote, self.json).await?,
            Command::Openlineage(command) => command.run(remote).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

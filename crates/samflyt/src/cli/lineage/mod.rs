//! `samflyt lineage`: where information came from, and where it went.

mod ask;
mod collected_twice;
mod contract_use;
mod coverage;
mod csv;
mod deliveries;
mod dot;
mod drift;
mod event;
mod flows;
mod graph;
mod history;
mod impact;
mod mermaid;
mod open_lineage;
mod outline;
mod overview;
mod rehearse;
mod trace;

use std::process::ExitCode;

pub(super) use ask::AsOf;
pub(super) use impact::to_json as impact_json;
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
    /// Shows who received an event and when, and who has not, and why
    Deliveries(deliveries::Deliveries),
    /// Lists flows: provider, event type, consumer, as observed
    Flows(flows::Flows),
    /// Draws the flows around a system or an event type
    Graph(graph::Graph),
    /// Lists flows that are not as they were declared: shadow, dead, never seen, outlived, without a legal basis
    Drift(drift::Drift),
    /// Lists what people are asked for by more than one system, and where it could be taken from
    CollectedTwice(collected_twice::CollectedTwice),
    /// Shows what leaders ask for: what to see to, costs, flows, versions, gains
    Overview(overview::Overview),
    /// Shows what a change would touch, nearest first, and by which way
    Impact(impact::Impact),
    /// Holds recorded events against the contracts of a substitute
    Rehearse(rehearse::Rehearse),
    /// Shows who publishes a contract's versions, and who receives the type
    ContractUse(contract_use::ContractUse),
    /// Shows which affairs with archive duty reached the archive, and which never did
    Coverage(coverage::Coverage),
    /// Writes the flows as OpenLineage events, one in each line
    Openlineage(open_lineage::OpenLineage),
}

impl Lineage {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Trace(command) => command.run(remote, self.json).await?,
            Command::History(command) => command.run(remote, self.json).await?,
            Command::Event(command) => command.run(remote, self.json).await?,
            Command::Deliveries(command) => command.run(remote, self.json).await?,
            Command::Flows(command) => command.run(remote, self.json).await?,
            Command::Graph(command) => command.run(remote, self.json).await?,
            Command::Drift(command) => command.run(remote, self.json).await?,
            Command::CollectedTwice(command) => command.run(remote, self.json).await?,
            Command::Overview(command) => command.run(remote, self.json).await?,
            Command::Impact(command) => command.run(remote, self.json).await?,
            Command::Rehearse(command) => command.run(remote, self.json).await?,
            Command::ContractUse(command) => command.run(remote, self.json).await?,
            Command::Coverage(command) => command.run(remote, self.json).await?,
            Command::Openlineage(command) => command.run(remote).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

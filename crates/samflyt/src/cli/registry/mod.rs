//! `samflyt registry`: the catalogue.

mod agreement;
mod analysis;
mod change;
mod contract;
mod document;
mod export_catalogue;
mod grant;
mod import;
mod json;
mod kind;
mod product;
mod resource;
mod resources;
mod retire;
mod system;
mod tenant;
mod tenant_files;

use std::process::ExitCode;

use super::{Failure, Remote, output};

/// Largest page that the registry gives.
const PAGE_SIZE: u32 = 1_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt registry system list --tenant seljord")]
pub struct Registry {
    /// Prints JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Municipalities
    #[command(subcommand, after_help = "Example:\n  samflyt registry tenant list")]
    Tenant(tenant::Command),
    /// Installations of fagsystemer
    #[command(
        subcommand,
        after_help = "Example:\n  samflyt registry system enrol vinje-agresso --tenant seljord"
    )]
    System(system::Command),
    /// What event types promise
    #[command(
        subcommand,
        after_help = "Example:\n  samflyt registry contract new case.opened case.opened.json"
    )]
    Contract(contract::Command),
    /// Who may do what
    #[command(subcommand, after_help = "Example:\n  samflyt registry grant list")]
    Grant(grant::Command),
    /// What systems are installations of
    #[command(subcommand, after_help = "Example:\n  samflyt registry product adopt ephorte --tenant vinje")]
    Product(product::Command),
    /// Declared flows
    #[command(
        subcommand,
        after_help = "Example:\n  samflyt registry agreement approve seljord-admission-to-archive --tenant seljord \
                            --by \"Head of administration\""
    )]
    Agreement(agreement::Command),
    /// Changes, from the proposal to what they came to
    #[command(
        subcommand,
        after_help = "Example:\n  samflyt registry change analyse seljord-new-archive --tenant seljord"
    )]
    Change(change::Command),
    /// Writes a document to start from; speaks to no hub
    New(resource::New),
    /// Describes a resource, or describes it anew
    Put(resource::Put),
    /// Prints a resource, as it is or as it was
    Get(resource::Get),
    /// Lists resources of a kind, as they are or as they were
    List(resource::List),
    /// Shows who changed a resource, what of it, when and why; newest first
    History(resource::History),
    /// Takes a resource out of the catalogue; its history stays
    Remove(resource::Remove),
    /// Takes in a table of resources (CSV)
    Import(import::Import),
    /// Writes everything of a municipality into a folder
    Export(tenant_files::Export),
    /// Takes in a folder that an export made, into a hub that knows nothing of the municipality
    ImportTenant(tenant_files::ImportTenant),
    /// Writes the catalogue in a form that others read
    ExportCatalogue(export_catalogue::ExportCatalogue),
}

/// Why a change is made; it is kept with the change.
#[derive(Debug, clap::Args)]
struct Why {
    /// Why; kept with the change for ever, so never about a person
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
}

impl Registry {
    pub(super) async fn run(self, remote: &Remote) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Tenant(command) => command.run(remote, self.json).await?,
            Command::System(command) => command.run(remote, self.json).await?,
            Command::Contract(command) => command.run(remote, self.json).await?,
            Command::Grant(command) => command.run(remote, self.json).await?,
            Command::Product(command) => command.run(remote, self.json).await?,
            Command::Agreement(command) => command.run(remote, self.json).await?,
            Command::Change(command) => command.run(remote, self.json).await?,
            Command::New(command) => command.run()?,
            Command::Put(command) => command.run(remote, self.json).await?,
            Command::Get(command) => command.run(remote, self.json).await?,
            Command::List(command) => command.run(remote, self.json).await?,
            Command::History(command) => command.run(remote, self.json).await?,
            Command::Remove(command) => command.run(remote, self.json).await?,
            Command::Import(command) => return command.run(remote, self.json).await,
            Command::Export(command) => command.run(remote, self.json).await?,
            Command::ImportTenant(command) => command.run(remote, self.json).await?,
            Command::ExportCatalogue(command) => command.run(remote).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Shows one thing: as JSON, or as the row of a table.
fn show<T>(
    thing: Option<&T>,
    as_json: bool,
    json: impl Fn(&T) -> serde_json::Value,
    table: impl Fn(&[T]) -> output::Table,
) -> anyhow::Result<()> {
    let thing = thing.ok_or_else(|| anyhow::anyhow!("the hub's answer is empty"))?;
    if as_json {
        output::print_json(&json(thing))
    } else {
        output::print(&table(std::slice::from_ref(thing)).render())
    }
}

/// Shows a list: as one JSON array, or as a table.
fn show_list<T>(
    list: &[T],
    as_json: bool,
    json: impl Fn(&T) -> serde_json::Value,
    table: impl Fn(&[T]) -> output::Table,
) -> anyhow::Result<()> {
    if as_json {
        output::print_json(&list.iter().map(json).collect())
    } else {
        output::print(&table(list).or("none that you may see"))
    }
}

/// All pages of a list; `page` asks for the one after a token.
async fn all<T, F>(mut page: impl FnMut(String) -> F) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<(Vec<T>, String), tonic::Status>>,
{
    let (mut items, mut token) = (Vec::new(), String::new());
    loop {
        let (more, next) = page(token.clone()).await?;
        items.extend(more);
        if next.is_empty() || next == token {
            return Ok(items);
        }
        token = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_pages_are_fetched_and_a_token_that_stands_still_ends_the_walk() {
        let walk = async |last: &'static str| {
            all(|token| async move {
                let next = if token.is_empty() { "a" } else { last };
                Ok((vec![token], next.to_owned()))
            })
            .await
            .unwrap()
        };
        assert_eq!(walk("").await, ["", "a"]);
        assert_eq!(walk("a").await, ["", "a"]);
    }
}

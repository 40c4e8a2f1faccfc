//! `samflyt registry system`.

use samflyt_proto::registry as pb;

use super::{PAGE_SIZE, Why, all, json, show, show_list};
use crate::cli::output::Table;
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Registers an installation, once, by its host
    #[command(after_help = "Example:\n  samflyt registry system register vinje-agresso --host vinje \
                            --product agresso --name \"Agresso, Vinje\"")]
    Register {
        /// Its id, unique in the hub
        id: String,
        /// The municipality that runs it
        #[arg(long, value_name = "TENANT")]
        host: String,
        /// What it is an installation of
        #[arg(long)]
        product: String,
        /// What it is called
        #[arg(long)]
        name: String,
        /// What is known of it that is not certain
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        note: String,
        #[command(flatten)]
        why: Why,
    },
    /// Lets another municipality use an installation
    #[command(after_help = "Example:\n  samflyt registry system enrol vinje-agresso --tenant seljord")]
    Enrol {
        /// The installation
        id: String,
        /// The municipality that uses it
        #[arg(long)]
        tenant: String,
        #[command(flatten)]
        why: Why,
    },
    /// Says that another installation takes its place
    #[command(
        after_help = "Example:\n  samflyt registry system replace seljord-ephorte --by seljord-elements \
                            --on 2026-09-01"
    )]
    Replace {
        /// The installation that ends
        id: String,
        /// The installation that takes its place
        #[arg(long, value_name = "ID")]
        by: String,
        /// When: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        on: String,
        #[command(flatten)]
        why: Why,
    },
    /// Says that it is no longer used
    #[command(after_help = "Example:\n  samflyt registry system retire seljord-logos --on 2026-12-31")]
    Retire {
        /// The installation
        id: String,
        /// When: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        on: String,
        #[command(flatten)]
        why: Why,
    },
    /// Lists the installations that you may see
    #[command(after_help = "Example:\n  samflyt registry system list --tenant seljord --json")]
    List {
        /// Only those that this municipality hosts or uses
        #[arg(long, default_value = "", hide_default_value = true)]
        tenant: String,
    },
}

impl Command {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let mut registry = remote.registry().await?;
        let system = match self {
            Self::Register { id, host, product, name, note, why } => {
                let request = pb::RegisterSystemRequest { id, host, product, name, note, reason: why.reason };
                registry.register_system(request).await.map_err(Failure::from)?.into_inner().system
            }
            Self::Enrol { id, tenant, why } => {
                let request = pb::EnrolSystemRequest { id, tenant, reason: why.reason };
                registry.enrol_system(request).await.map_err(Failure::from)?.into_inner().system
            }
            Self::Replace { id, by, on, why } => {
                let request = pb::ReplaceSystemRequest { id, by, on, reason: why.reason };
                registry.replace_system(request).await.map_err(Failure::from)?.into_inner().system
            }
            Self::Retire { id, on, why } => {
                let request = pb::RetireSystemRequest { id, on, reason: why.reason };
                registry.retire_system(request).await.map_err(Failure::from)?.into_inner().system
            }
            Self::List { tenant } => {
                let systems = all(|page_token| {
                    let mut registry = registry.clone();
                    let request =
                        pb::ListSystemsRequest { tenant: tenant.clone(), page_size: PAGE_SIZE, page_token };
                    async move {
                        let page = registry.list_systems(request).await?.into_inner();
                        Ok((page.systems, page.next_page_token))
                    }
                })
                .await?;
                return show_list(&systems, as_json, json::system, table);
            }
        };
        show(system.as_ref(), as_json, json::system, table)
    }
}

fn table(systems: &[pb::System]) -> Table {
    let mut table = Table::new(&["system", "product", "name", "host", "used by", "ended", "note"]);
    for system in systems {
        let others: Vec<&str> =
            system.enrolled.iter().map(String::as_str).filter(|tenant| *tenant != system.host).collect();
        let ended = match (system.replaced_by.as_str(), system.retired_on.as_str()) {
            ("", on) => on.to_owned(),
            (by, "") => format!("replaced by {by}"),
            (by, on) => format!("{on}, replaced by {by}"),
        };
        table.row([
            &system.id,
            &system.product,
            &system.name,
            &system.host,
            &others.join(", "),
            &ended,
            &system.note,
        ]);
    }
    table
}

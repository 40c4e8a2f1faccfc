//! `samflyt registry grant`.

use samflyt_proto::registry as pb;

use super::{PAGE_SIZE, Why, all, json, show, show_list};
use crate::cli::output::{Table, plain, print, print_json};
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Lets a client, or an organisation, do something; takes the place of the grant with the same id
    #[command(
        after_help = "Example:\n  samflyt registry grant give --organisation 964963282 --client kindergarten \
                            --tenant seljord --system seljord-oppvekst --scope samflyt:publish"
    )]
    Give(Box<Give>),
    /// Takes a grant back
    #[command(after_help = "Example:\n  samflyt registry grant withdraw 964963282-kindergarten")]
    Withdraw {
        /// The grant's id, as `grant list` shows it
        id: String,
        #[command(flatten)]
        why: Why,
    },
    /// Lists the grants that you may see
    #[command(after_help = "Example:\n  samflyt registry grant list --json")]
    List,
}

#[derive(Debug, clap::Args)]
pub(super) struct Give {
    /// Organisation number of the token's consumer
    #[arg(long, value_name = "NUMBER")]
    organisation: String,
    /// The token's client id [default: any client of the organisation]
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    client: String,
    /// Organisation number of the token's supplier [default: tokens without one]
    #[arg(long, value_name = "NUMBER", default_value = "", hide_default_value = true)]
    supplier: String,
    /// For this municipality; repeated; `*` for all, also later ones
    #[arg(long = "tenant", value_name = "ID", required = true)]
    tenants: Vec<String>,
    /// As this system, to publish and to consume; repeated; `*` for all
    #[arg(long = "system", value_name = "ID")]
    systems: Vec<String>,
    /// What may be done; repeated, or several in one, separated by spaces
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<String>,
    /// The grant's id [default: made of organisation, client and supplier]
    #[arg(long, default_value = "", hide_default_value = true)]
    id: String,
    #[command(flatten)]
    why: Why,
}

impl Command {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let mut registry = remote.registry().await?;
        match self {
            Self::Give(give) => {
                let answer = registry.give_grant(give.request()).await.map_err(Failure::from)?;
                show(answer.into_inner().grant.as_ref(), as_json, json::grant, table)
            }
            Self::Withdraw { id, why } => {
                let request = pb::WithdrawGrantRequest { id: id.clone(), reason: why.reason };
                registry.withdraw_grant(request).await.map_err(Failure::from)?;
                if as_json {
                    print_json(&serde_json::json!({"id": id, "withdrawn": true}))
                } else {
                    print(&plain(&format!("{id} is withdrawn")))
                }
            }
            Self::List => {
                let grants = all(|page_token| {
                    let mut registry = registry.clone();
                    async move {
                        let request = pb::ListGrantsRequest { page_size: PAGE_SIZE, page_token };
                        let page = registry.list_grants(request).await?.into_inner();
                        Ok((page.grants, page.next_page_token))
                    }
                })
                .await?;
                show_list(&grants, as_json, json::grant, table)
            }
        }
    }
}

impl Give {
    fn request(self) -> pb::GiveGrantRequest {
        let scopes =
            self.scopes.iter().flat_map(|scopes| scopes.split_whitespace()).map(str::to_owned).collect();
        let grant = pb::Grant {
            id: self.id,
            organisation: self.organisation,
            client: self.client,
            supplier: self.supplier,
            scopes,
            tenants: self.tenants,
            systems: self.systems,
        };
        pb::GiveGrantRequest { grant: Some(grant), reason: self.why.reason }
    }
}

fn table(grants: &[pb::Grant]) -> Table {
    let mut table =
        Table::new(&["grant", "organisation", "client", "supplier", "scopes", "tenants", "systems"]);
    for grant in grants {
        let scopes: Vec<&str> =
            grant.scopes.iter().map(|scope| scope.strip_prefix("samflyt:").unwrap_or(scope)).collect();
        let client = if grant.client.is_empty() { "(any)" } else { &grant.client };
        table.row([
            &grant.id,
            &grant.organisation,
            client,
            &grant.supplier,
            &scopes.join(", "),
            &grant.tenants.join(", "),
            &grant.systems.join(", "),
        ]);
    }
    table
}

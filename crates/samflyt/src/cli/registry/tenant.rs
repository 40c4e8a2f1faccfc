//! `samflyt registry tenant`.

use samflyt_proto::registry as pb;

use super::{PAGE_SIZE, Why, all, json, show, show_list};
use crate::cli::output::Table;
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Registers a municipality
    #[command(after_help = "Example:\n  samflyt registry tenant register seljord --number 4022 \
                            --organisation 964963282 --name Seljord")]
    Register {
        /// Its permanent id: lower-case letters, digits and `-`
        id: String,
        /// Municipality number, four digits
        #[arg(long)]
        number: String,
        /// Organisation number, nine digits
        #[arg(long)]
        organisation: String,
        /// What it is called
        #[arg(long)]
        name: String,
        /// From when this is so: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        from: String,
        #[command(flatten)]
        why: Why,
    },
    /// Gives it another number or name from a date on; the id stays
    #[command(
        after_help = "Example:\n  samflyt registry tenant change seljord --number 3820 --from 2020-01-01 \
                            --reason \"regionreform\""
    )]
    Change {
        /// The municipality
        id: String,
        /// Municipality number, where it changes
        #[arg(long, default_value = "", hide_default_value = true)]
        number: String,
        /// Organisation number, where it changes
        #[arg(long, default_value = "", hide_default_value = true)]
        organisation: String,
        /// Name, where it changes
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        /// From when: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        from: String,
        #[command(flatten)]
        why: Why,
    },
    /// Merges it into another
    #[command(
        after_help = "Example:\n  samflyt registry tenant merge bo --into midt-telemark --from 2020-01-01"
    )]
    Merge {
        /// The municipality that ends
        id: String,
        /// The municipality that goes on
        #[arg(long, value_name = "ID")]
        into: String,
        /// From when: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        from: String,
        #[command(flatten)]
        why: Why,
    },
    /// Splits it into others
    #[command(
        after_help = "Example:\n  samflyt registry tenant split alesund-2020 --into alesund --into haram \
                            --from 2024-01-01"
    )]
    Split {
        /// The municipality that ends
        id: String,
        /// A municipality that goes on; repeated
        #[arg(long, value_name = "ID", required = true)]
        into: Vec<String>,
        /// From when: YYYY-MM-DD [default: today]
        #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
        from: String,
        #[command(flatten)]
        why: Why,
    },
    /// Lists the municipalities that you may see
    #[command(after_help = "Example:\n  samflyt registry tenant list --json")]
    List,
}

impl Command {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let mut registry = remote.registry().await?;
        let tenant = match self {
            Self::Register { id, number, organisation, name, from, why } => {
                let request = pb::RegisterTenantRequest {
                    id,
                    municipality_number: number,
                    organisation_number: organisation,
                    name,
                    valid_from: from,
                    reason: why.reason,
                };
                registry.register_tenant(request).await.map_err(Failure::from)?.into_inner().tenant
            }
            Self::Change { id, number, organisation, name, from, why } => {
                let request = pb::ChangeTenantRequest {
                    id,
                    municipality_number: number,
                    organisation_number: organisation,
                    name,
                    valid_from: from,
                    reason: why.reason,
                };
                registry.change_tenant(request).await.map_err(Failure::from)?.into_inner().tenant
            }
            Self::Merge { id, into, from, why } => {
                let request = pb::MergeTenantRequest { id, into, valid_from: from, reason: why.reason };
                registry.merge_tenant(request).await.map_err(Failure::from)?.into_inner().tenant
            }
            Self::Split { id, into, from, why } => {
                let request = pb::SplitTenantRequest { id, into, valid_from: from, reason: why.reason };
                registry.split_tenant(request).await.map_err(Failure::from)?.into_inner().tenant
            }
            Self::List => {
                let tenants = all(|page_token| {
                    let mut registry = registry.clone();
                    async move {
                        let request = pb::ListTenantsRequest { page_size: PAGE_SIZE, page_token };
                        let page = registry.list_tenants(request).await?.into_inner();
                        Ok((page.tenants, page.next_page_token))
                    }
                })
                .await?;
                return show_list(&tenants, as_json, json::tenant, table);
            }
        };
        show(tenant.as_ref(), as_json, json::tenant, table)
    }
}

fn table(tenants: &[pb::Tenant]) -> Table {
    let mut table = Table::new(&["tenant", "number", "organisation", "name", "became"]);
    for tenant in tenants {
        let became = match tenant.succeeded_by.as_slice() {
            [] => String::new(),
            others => format!("{} on {}", others.join(", "), tenant.succeeded_on),
        };
        table.row([
            &tenant.id,
            &tenant.municipality_number,
            &tenant.organisation_number,
            &tenant.name,
            &became,
        ]);
    }
    table
}

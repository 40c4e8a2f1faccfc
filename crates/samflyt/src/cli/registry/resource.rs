//! `samflyt registry new|put|get|list|history|remove`: what is described by a document.

use std::path::PathBuf;

use samflyt_events::catalogue::resource::{DOCUMENT_BYTES_MAX, template};
use samflyt_proto::registry as pb;

use super::kind::Which;
use super::{PAGE_SIZE, Why, all, document, resources, show_list};
use crate::cli::json::data;
use crate::cli::lineage::AsOf;
use crate::cli::output::{plain, print, print_json};
use crate::cli::{Failure, Remote, show};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt registry new dataset children.json\n  samflyt registry new system | jq ."
)]
pub(super) struct New {
    #[arg(value_enum, help = "What is described")]
    kind: Which,
    /// The file to make; without one, the document is printed
    file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt registry put system seljord-ephorte.json --reason \"new version\" --expected-revision 12"
)]
pub(super) struct Put {
    #[arg(value_enum, help = "What is described")]
    kind: Which,
    /// The document, JSON; `-` for standard input
    file: PathBuf,
    /// The revision that you have seen; somebody else's change since then is told, not overwritten
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    expected_revision: u64,
    #[command(flatten)]
    why: Why,
}

/// One resource.
#[derive(Debug, clap::Args)]
pub(super) struct One {
    #[arg(value_enum, help = "What is meant")]
    kind: Which,
    /// Its id; of a usage, the system's; of a controller, the municipality's
    id: String,
    /// The municipality whose it is; of a product, none
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    tenant: String,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt registry get system seljord-ephorte --tenant seljord > seljord-ephorte.json\n  \
                        samflyt registry get agreement a-1 --tenant seljord --as-of 2026-01-31"
)]
pub(super) struct Get {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    as_of: AsOf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt registry list agreement --tenant seljord --as-of 2026-01-31")]
pub(super) struct List {
    #[arg(value_enum, help = "What is listed")]
    kind: Which,
    /// Only those of this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    #[command(flatten)]
    as_of: AsOf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt registry history system seljord-ephorte --tenant seljord")]
pub(super) struct History {
    #[command(flatten)]
    one: One,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt registry remove dataset seljord-children --tenant seljord --reason \"moved\""
)]
pub(super) struct Remove {
    #[command(flatten)]
    one: One,
    /// The revision that you have seen; somebody else's change since then is told, not removed
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    expected_revision: u64,
    #[command(flatten)]
    why: Why,
}

impl New {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let kind = self.kind.kind();
        let value = template(kind)
            .ok_or_else(|| anyhow::anyhow!("a {} is not described by a document", kind.as_str()))?;
        let next = format!("samflyt registry put {}", kind.as_str());
        document::write(&value, self.file.as_deref(), &next)
    }
}

impl Put {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let request = pb::PutResourceRequest {
            kind: self.kind.wire(),
            document: document::read(&self.file, DOCUMENT_BYTES_MAX)?,
            reason: self.why.reason,
            expected_revision: self.expected_revision,
        };
        let answer =
            remote.catalogue().await?.put_resource(request).await.map_err(Failure::from)?.into_inner();
        let resource = answer.resource.ok_or_else(|| anyhow::anyhow!("the hub's answer is empty"))?;
        if as_json {
            let mut value = resources::to_json(&resource);
            value["unchanged"] = answer.unchanged.into();
            return print_json(&value);
        }
        let what = if answer.unchanged { "was just so before" } else { "is described" };
        print(&plain(&format!("{} {what}, revision {}", resource.id, resource.revision)))
    }
}

impl Get {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let request = pb::GetResourceRequest {
            kind: self.one.kind.wire(),
            tenant: self.one.tenant,
            id: self.one.id,
            as_of: self.as_of.timestamp(),
        };
        let answer =
            remote.catalogue().await?.get_resource(request).await.map_err(Failure::from)?.into_inner();
        let resource = answer.resource.ok_or_else(|| anyhow::anyhow!("the hub's answer is empty"))?;
        if as_json {
            return print_json(&resources::to_json(&resource));
        }
        // Beside the document, so that that can go into a file and come back with `put`.
        let changed = show::time(resource.changed_at.as_ref());
        let by = if resource.changed_by.is_empty() {
            String::new()
        } else {
            format!(" by {}", resource.changed_by)
        };
        eprintln!("revision {}, changed {changed}{}", resource.revision, plain(&by));
        print_json(&data(&resource.document))
    }
}

impl List {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let (catalogue, as_of) = (remote.catalogue().await?, self.as_of.timestamp());
        let found = all(|page_token| {
            let mut catalogue = catalogue.clone();
            let request = pb::ListResourcesRequest {
                kind: self.kind.wire(),
                tenants: self.tenants.clone(),
                as_of,
                page_size: PAGE_SIZE,
                page_token,
            };
            async move {
                let page = catalogue.list_resources(request).await?.into_inner();
                Ok((page.resources, page.next_page_token))
            }
        })
        .await?;
        show_list(&found, as_json, resources::to_json, resources::table)
    }
}

impl History {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let request = pb::ListResourceHistoryRequest {
            kind: self.one.kind.wire(),
            tenant: self.one.tenant,
            id: self.one.id,
        };
        let answer = remote.catalogue().await?.list_resource_history(request).await.map_err(Failure::from)?;
        show_list(&answer.into_inner().changes, as_json, resources::change_json, resources::changes)
    }
}

impl Remove {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        let request = pb::RemoveResourceRequest {
            kind: self.one.kind.wire(),
            tenant: self.one.tenant,
            id: self.one.id.clone(),
            reason: self.why.reason,
            expected_revision: self.expected_revision,
        };
        remote.catalogue().await?.remove_resource(request).await.map_err(Failure::from)?;
        if as_json {
            return print_json(&serde_json::json!({"removed": self.one.id}));
        }
        print(&plain(&format!("{} is removed; its history stays", self.one.id)))
    }
}

//! `samflyt registry contract`.

use std::path::PathBuf;

use samflyt_events::EventType;
use samflyt_events::contract::{DOCUMENT_BYTES_MAX, template};
use samflyt_proto::registry as pb;
use serde_json::Value;

use super::{PAGE_SIZE, Why, all, document, json, retire, show_list};
use crate::cli::json::data;
use crate::cli::output::{Table, plain, print, print_json};
use crate::cli::show::time;
use crate::cli::{Failure, Remote};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Writes a contract to start from; speaks to no hub
    #[command(after_help = "Example:\n  samflyt registry contract new case.opened case.opened.json")]
    New {
        /// The event type: `<domain>.<event>`, the event in the past tense
        #[arg(value_name = "TYPE", value_parser = event_type)]
        kind: EventType,
        /// The file to make; without one, the contract is printed
        file: Option<PathBuf>,
    },
    /// Publishes a contract or a new version of one
    #[command(
        after_help = "Example:\n  samflyt registry contract publish case.opened.json --reason \"first version\""
    )]
    Publish {
        /// The contract, JSON; `-` for standard input
        file: PathBuf,
        #[command(flatten)]
        why: Why,
    },
    /// Ends a version: no event is checked against it from now on. Shows who uses it first
    #[command(after_help = "Example:\n  samflyt registry contract retire case.opened 1.0\n  \
                            samflyt registry contract retire case.opened 1.0 --yes --reason \"all are told\"")]
    Retire {
        /// The event type
        #[arg(value_name = "TYPE", value_parser = event_type)]
        kind: EventType,
        /// `<major>.<minor>`
        #[arg(value_name = "VERSION")]
        contract_version: String,
        /// Also where somebody still publishes the version or receives the type, or where that is not known
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        why: Why,
    },
    /// Prints a contract
    #[command(after_help = "Example:\n  samflyt registry contract get case.opened > case.opened.json")]
    Get {
        /// The event type
        #[arg(value_name = "TYPE", value_parser = event_type)]
        kind: EventType,
        /// `<major>.<minor>` [default: the one in force]
        #[arg(value_name = "VERSION", default_value = "", hide_default_value = true)]
        contract_version: String,
    },
    /// Lists the contracts in force, or all versions of one
    #[command(after_help = "Example:\n  samflyt registry contract list --type case.opened")]
    List {
        /// All versions of this event type
        #[arg(long = "type", value_name = "TYPE", value_parser = event_type)]
        kind: Option<EventType>,
    },
}

fn event_type(text: &str) -> Result<EventType, String> {
    EventType::new(text.strip_prefix(samflyt_events::TYPE_PREFIX).unwrap_or(text))
        .map_err(|rule| rule.to_string())
}

impl Command {
    pub(super) async fn run(self, remote: &Remote, as_json: bool) -> anyhow::Result<()> {
        match self {
            Self::New { kind, file } => {
                let contract = serde_json::to_value(template(&kind))?;
                document::write(&contract, file.as_deref(), "samflyt registry contract publish")
            }
            Self::Publish { file, why } => publish(remote, &file, why, as_json).await,
            Self::Retire { kind, contract_version, yes, why } => {
                retire::run(remote, kind.to_string(), contract_version, yes, why, as_json).await
            }
            Self::Get { kind, contract_version } => get(remote, &kind, contract_version, as_json).await,
            Self::List { kind } => list(remote, kind, as_json).await,
        }
    }
}

async fn publish(remote: &Remote, file: &std::path::Path, why: Why, as_json: bool) -> anyhow::Result<()> {
    let request = pb::PublishContractRequest {
        document: document::read(file, DOCUMENT_BYTES_MAX)?,
        reason: why.reason,
    };
    let answer =
        remote.registry().await?.publish_contract(request).await.map_err(Failure::from)?.into_inner();
    let contract = answer.contract.ok_or_else(|| anyhow::anyhow!("the hub's answer is empty"))?;
    if as_json {
        let mut value = json::contract(&contract);
        value["unchanged"] = answer.unchanged.into();
        return print_json(&value);
    }
    let what = if answer.unchanged { "was published before, just so" } else { "is published" };
    print(&plain(&format!("{} {} {what}", contract.r#type, contract.version)))
}

async fn get(remote: &Remote, kind: &EventType, version: String, as_json: bool) -> anyhow::Result<()> {
    let request = pb::GetContractRequest { r#type: kind.to_string(), version };
    let answer = remote.registry().await?.get_contract(request).await.map_err(Failure::from)?.into_inner();
    let contract = answer.contract.ok_or_else(|| anyhow::anyhow!("the hub's answer is empty"))?;
    print_json(&if as_json { json::contract(&contract) } else { data(&contract.document) })
}

async fn list(remote: &Remote, kind: Option<EventType>, as_json: bool) -> anyhow::Result<()> {
    let registry = remote.registry().await?;
    let kind = kind.map(|kind| kind.to_string()).unwrap_or_default();
    let contracts = all(|page_token| {
        let mut registry = registry.clone();
        let request = pb::ListContractsRequest { r#type: kind.clone(), page_size: PAGE_SIZE, page_token };
        async move {
            let page = registry.list_contracts(request).await?.into_inner();
            Ok((page.contracts, page.next_page_token))
        }
    })
    .await?;
    show_list(&contracts, as_json, json::contract, table)
}

pub(super) fn table(contracts: &[pb::Contract]) -> Table {
    let mut table = Table::new(&["type", "version", "published", "legal basis", "title"]);
    for contract in contracts {
        let document = data(&contract.document);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let basis = &document["legal_basis"];
        let basis = [text(&basis["gdpr"]), text(&basis["law"])].join(" ");
        let retired = if contract.retired { " (retired)" } else { "" };
        let urgent = if document["urgent"] == true { " (urgent)" } else { "" };
        let published = time(contract.published_at.as_ref());
        table.row([
            &contract.r#type,
            &format!("{}{retired}", contract.version),
            &published,
            basis.trim(),
            &format!("{}{urgent}", text(&document["title"])),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_is_listed_with_its_title_and_its_urgency_and_a_broken_document_without() {
        let document =
            serde_json::json!({"title": "Sak", "legal_basis": {"gdpr": "6(1)(e)"}, "urgent": true})
                .to_string();
        let contract = |document| pb::Contract {
            r#type: "case.opened".to_owned(),
            version: "1.0".to_owned(),
            document,
            ..pb::Contract::default()
        };
        let text = table(&[contract(document.into()), contract(b"{".to_vec())]).render();
        assert_eq!(
            text,
            "type         version  published  legal basis  title\n\
             case.opened  1.0      –          6(1)(e)      Sak (urgent)\n\
             case.opened  1.0      –\n"
        );
    }
}

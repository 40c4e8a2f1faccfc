//! `samflyt lineage contract-use`: who publishes a contract's versions, and who receives the type.

use samflyt_proto::lineage::{GetContractUseRequest, GetContractUseResponse};
use serde_json::{Value, json};

use super::ask::bare_type;
use crate::cli::output::{Table, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage contract-use case.opened --version 1.0")]
pub(super) struct ContractUse {
    /// The event type
    #[arg(value_name = "TYPE", value_parser = bare_type)]
    kind: String,
    /// Only this version
    #[arg(long, value_name = "VERSION", default_value = "", hide_default_value = true)]
    version: String,
    /// Only in this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
}

impl ContractUse {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let request =
            GetContractUseRequest { r#type: self.kind, version: self.version, tenants: self.tenants };
        let found =
            remote.insight().await?.get_contract_use(request).await.map_err(Failure::from)?.into_inner();
        if json {
            return print_json(&to_json(&found));
        }
        let reach = show::completeness(found.completeness.as_ref(), "ask for less");
        print(&format!("{}\n{}\n{reach}", publishers(&found), receivers(&found)))
    }
}

fn publishers(found: &GetContractUseResponse) -> String {
    let mut table = Table::new(&["tenant", "publisher", "version", "#events", "last seen"]);
    for publisher in &found.publishers {
        table.row([
            &publisher.tenant,
            &publisher.system,
            &publisher.version,
            &show::number(publisher.events),
            &show::time(publisher.last_seen.as_ref()),
        ]);
    }
    table.or("nobody has been seen to publish it")
}

fn receivers(found: &GetContractUseResponse) -> String {
    let mut table = Table::new(&["tenant", "receiver", "#events", "last seen", "agreement"]);
    for receiver in &found.receivers {
        table.row([
            &receiver.tenant,
            &receiver.system,
            &show::number(receiver.events),
            &show::time(receiver.last_seen.as_ref()),
            if receiver.agreement.is_empty() { "(none)" } else { &receiver.agreement },
        ]);
    }
    table.or("nobody receives it")
}

fn to_json(found: &GetContractUseResponse) -> Value {
    let publishers = found.publishers.iter().map(|publisher| {
        json!({
            "tenant": publisher.tenant,
            "system": publisher.system,
            "version": publisher.version,
            "events": publisher.events,
            "last_seen": as_json::time(publisher.last_seen.as_ref()),
        })
    });
    let receivers = found.receivers.iter().map(|receiver| {
        json!({
            "tenant": receiver.tenant,
            "system": receiver.system,
            "events": receiver.events,
            "last_seen": as_json::time(receiver.last_seen.as_ref()),
            "agreement": receiver.agreement,
        })
    });
    json!({
        "publishers": publishers.collect::<Vec<_>>(),
        "receivers": receivers.collect::<Vec<_>>(),
        "completeness": as_json::completeness(found.completeness.as_ref()),
    })
}

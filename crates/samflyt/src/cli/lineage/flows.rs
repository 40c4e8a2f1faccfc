//! `samflyt lineage flows`: who provides what to whom, as observed.

use samflyt_proto::common::Completeness;
use samflyt_proto::lineage::{Flow, ListFlowsRequest, WatchFlowsRequest, WatchFlowsResponse};
use serde_json::{Value, json};

use super::ask::{AsOf, Period, bare_type};
use super::csv;
use crate::cli::output::{Table, print, print_json, print_json_line};
use crate::cli::{Failure, Remote, json as as_json, show};

const PAGE_SIZE: u32 = 1_000;
/// What stands for the consumer where nobody has been seen to use an event.
pub(super) const NOBODY: &str = "(nobody seen)";

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage flows --system vinje-agresso --from 2026-03-01\n  \
                        samflyt lineage flows --tenant seljord --watch")]
pub(super) struct Flows {
    /// Only flows of this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    /// Only flows from or to this system
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    system: String,
    /// Only flows of this event type
    #[arg(long = "type", value_name = "TYPE", value_parser = bare_type)]
    kind: Option<String>,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    as_of: AsOf,
    /// Shows the flows as they are, then each change, until it is stopped
    #[arg(long, conflicts_with_all = ["kind", "from", "until", "as_of"])]
    watch: bool,
    /// How they are shown
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "watch")]
    format: Format,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Csv,
    Json,
}

impl Flows {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        if self.watch { self.follow(remote, json).await } else { self.list(remote, json).await }
    }

    async fn list(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let mut lineage = remote.lineage().await?;
        let mut request = ListFlowsRequest {
            tenants: self.tenants,
            system: self.system,
            r#type: self.kind.unwrap_or_default(),
            window: Some(self.period.window()),
            page_size: PAGE_SIZE,
            page_token: String::new(),
            at_least: None,
            as_of: self.as_of.timestamp(),
        };
        let mut flows = Vec::new();
        let completeness = loop {
            let page = lineage.list_flows(request.clone()).await.map_err(Failure::from)?.into_inner();
            flows.extend(page.flows);
            if page.next_page_token.is_empty() || page.next_page_token == request.page_token {
                break page.completeness;
            }
            request.page_token = page.next_page_token;
        };
        let reach = show::completeness(completeness.as_ref(), "ask for less");
        match if json { Format::Json } else { self.format } {
            Format::Json => print_json(&to_json(&flows, completeness.as_ref())),
            Format::Text => print(&(table(&flows).or("no flows") + &reach)),
            Format::Csv => {
                eprintln!("{}", reach.trim_end());
                print(&csv::flows(&flows)?)
            }
        }
    }

    async fn follow(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let request = WatchFlowsRequest { tenants: self.tenants, system: self.system };
        let mut changes =
            remote.lineage().await?.watch_flows(request).await.map_err(Failure::from)?.into_inner();
        while let Some(WatchFlowsResponse { flows, completeness }) =
            changes.message().await.map_err(Failure::from)?
        {
            if json {
                print_json_line(&to_json(&flows, completeness.as_ref()))?;
            } else {
                let reach = show::completeness(completeness.as_ref(), "ask for less");
                print(&(table(&flows).or("no flows yet") + &reach + "\n "))?;
            }
        }
        anyhow::bail!("the hub ended the stream of changes: is it stopping? start the command again")
    }
}

fn table(flows: &[Flow]) -> Table {
    let mut table = Table::new(&[
        "tenant",
        "provider",
        "type",
        "consumer",
        "#events",
        "first seen",
        "last seen",
        "legal basis",
        "purpose",
        "classification",
    ]);
    for flow in flows {
        table.row([
            &flow.tenant,
            &flow.provider,
            &flow.r#type,
            if flow.consumer.is_empty() { NOBODY } else { &flow.consumer },
            &show::number(flow.events),
            &show::time(flow.first_seen.as_ref()),
            &show::time(flow.last_seen.as_ref()),
            &flow.legal_basis,
            &flow.purpose,
            &flow.classification,
        ]);
    }
    table
}

fn to_json(flows: &[Flow], completeness: Option<&Completeness>) -> Value {
    json!({
        "flows": flows.iter().map(flow_json).collect::<Vec<_>>(),
        "completeness": as_json::completeness(completeness),
    })
}

pub(super) fn flow_json(flow: &Flow) -> Value {
    json!({
        "tenant": flow.tenant,
        "provider": flow.provider,
        "type": flow.r#type,
        "consumer": flow.consumer,
        "events": flow.events,
        "first_seen": as_json::time(flow.first_seen.as_ref()),
        "last_seen": as_json::time(flow.last_seen.as_ref()),
        "legal_basis": flow.legal_basis,
        "purpose": flow.purpose,
        "classification": flow.classification,
        "received": flow.received,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_that_nobody_uses_says_so() {
        let flow = Flow { provider: "seljord-gat".to_owned(), events: 1200, ..Flow::default() };
        let text = table(&[flow]).render();
        assert!(text.contains("seljord-gat") && text.contains(NOBODY) && text.contains("1 200"), "{text}");
    }
}

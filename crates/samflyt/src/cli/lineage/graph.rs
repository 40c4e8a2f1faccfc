//! `samflyt lineage graph`: the flows around a system or an event type.

use samflyt_proto::lineage::get_flow_graph_request::Start;
use samflyt_proto::lineage::{Direction, FlowNode, GetFlowGraphRequest, GetFlowGraphResponse};
use serde_json::{Value, json};

use super::ask::{AsOf, Period, bare_type};
use super::flows::flow_json;
use super::{csv, dot, mermaid, outline};
use crate::cli::output::{print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

const NARROWER: &str = "lower --depth, or ask for a shorter period";

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  samflyt lineage graph --system vinje-agresso --direction up --depth 2\n  \
                        samflyt lineage graph --type case.opened --format dot | dot -Tsvg > flows.svg"
)]
pub(super) struct Graph {
    /// Begin at this system
    #[arg(long, value_name = "ID", required_unless_present = "kind", conflicts_with = "kind")]
    system: Option<String>,
    /// Begin at this event type
    #[arg(long = "type", value_name = "TYPE", value_parser = bare_type)]
    kind: Option<String>,
    /// Who provides to it, who uses what it provides, or both
    #[arg(long, value_enum, default_value_t = Way::Both)]
    direction: Way,
    /// How many systems away
    #[arg(long, value_name = "N", default_value_t = 1)]
    depth: u32,
    /// Only flows of this municipality; repeated
    #[arg(long = "tenant", value_name = "ID")]
    tenants: Vec<String>,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    as_of: AsOf,
    /// How it is drawn
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Way {
    Up,
    Down,
    Both,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Dot,
    Mermaid,
    Csv,
    Json,
}

impl Graph {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let direction = match self.direction {
            Way::Up => Direction::Upstream,
            Way::Down => Direction::Downstream,
            Way::Both => Direction::Both,
        };
        let request = GetFlowGraphRequest {
            tenants: self.tenants,
            start: self.system.map(Start::System).or(self.kind.map(Start::Type)),
            direction: direction.into(),
            depth: self.depth,
            window: Some(self.period.window()),
            edges_max: 0,
            at_least: None,
            as_of: self.as_of.timestamp(),
        };
        let answer =
            remote.lineage().await?.get_flow_graph(request).await.map_err(Failure::from)?.into_inner();
        let reach = show::completeness(answer.completeness.as_ref(), NARROWER);
        match if json { Format::Json } else { self.format } {
            Format::Json => print_json(&to_json(&answer)),
            Format::Csv => {
                eprintln!("{}", reach.trim_end());
                print(&csv::graph(&answer.nodes, &answer.edges)?)
            }
            Format::Text => print(&(outline::render(&answer.nodes, &answer.edges) + &reach)),
            // A comment of the language: what is drawn from it stays as honest as the answer was.
            Format::Dot => print(&format!("{}// {reach}", dot::render(&answer.nodes, &answer.edges))),
            Format::Mermaid => print(&format!("{}%% {reach}", mermaid::render(&answer.nodes, &answer.edges))),
        }
    }
}

fn to_json(answer: &GetFlowGraphResponse) -> Value {
    let node = |node: &FlowNode| {
        json!({
            "system": node.system,
            "name": node.name,
            "product": node.product,
            "host": node.host,
            "distance": node.distance,
        })
    };
    json!({
        "nodes": answer.nodes.iter().map(node).collect::<Vec<_>>(),
        "edges": answer.edges.iter().map(flow_json).collect::<Vec<_>>(),
        "completeness": as_json::completeness(answer.completeness.as_ref()),
    })
}

//! Flows as CSV (RFC 4180): exactly what the answer holds, under the names that it has in JSON. How far the answer reaches
//! has no place in it and goes to standard error.

use std::collections::BTreeSet;

use anyhow::Context;
use samflyt_proto::lineage::{Flow, FlowNode};
use serde_json::{Value, json};

use super::flows::flow_json;

const FLOW: [&str; 11] = [
    "tenant",
    "provider",
    "type",
    "consumer",
    "events",
    "first_seen",
    "last_seen",
    "legal_basis",
    "purpose",
    "classification",
    "received",
];
/// Of both ends of a flow of a graph.
pub(super) const NODE: [&str; 4] = ["name", "product", "host", "distance"];

/// One row for each flow.
pub(super) fn flows(flows: &[Flow]) -> anyhow::Result<String> {
    write(FLOW.map(ToOwned::to_owned).to_vec(), flows.iter().map(cells))
}

/// One row for each flow, with what is known of both its ends. A system without a flow has a row of its own.
pub(super) fn graph(nodes: &[FlowNode], edges: &[Flow]) -> anyhow::Result<String> {
    let ends = ["provider", "consumer"].iter().flat_map(|end| NODE.map(|of| format!("{end}_{of}")));
    let headings = FLOW.map(ToOwned::to_owned).into_iter().chain(ends).collect();
    let of = |system: &str| nodes.iter().find(|node| node.system == system);
    let met: BTreeSet<&str> =
        edges.iter().flat_map(|flow| [flow.provider.as_str(), flow.consumer.as_str()]).collect();
    let rows = edges.iter().map(|flow| {
        let mut row = cells(flow);
        row.extend(node_cells(of(&flow.provider)));
        row.extend(node_cells(of(&flow.consumer)));
        row
    });
    let alone = nodes.iter().filter(|node| !met.contains(node.system.as_str())).map(|node| {
        let mut row = vec![String::new(); FLOW.len()];
        row[1].clone_from(&node.system);
        row.extend(node_cells(Some(node)));
        row.extend(node_cells(None));
        row
    });
    write(headings, rows.chain(alone))
}

fn cells(flow: &Flow) -> Vec<String> {
    let value = flow_json(flow);
    FLOW.iter().map(|name| text(&value[name])).collect()
}

fn node_cells(node: Option<&FlowNode>) -> Vec<String> {
    let Some(node) = node else { return vec![String::new(); NODE.len()] };
    let value =
        json!({"name": node.name, "product": node.product, "host": node.host, "distance": node.distance});
    NODE.iter().map(|name| text(&value[name])).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn write(headings: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> anyhow::Result<String> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(&headings)?;
    for row in rows {
        writer.write_record(&row)?;
    }
    let bytes = writer.into_inner().context("the table cannot be written")?;
    String::from_utf8(bytes).context("the table is no text")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use prost_types::Timestamp;

    use super::*;

    fn example() -> (Vec<FlowNode>, Vec<Flow>) {
        let (nodes, mut edges) = super::super::dot::tests::example();
        edges[0].purpose = "keep, \"whole\"\nand; in order".to_owned();
        edges[0].first_seen = Some(Timestamp { seconds: 1_772_438_400, nanos: 123_000_000 });
        let alone =
            FlowNode { system: "seljord-gat".to_owned(), name: "Gat".to_owned(), ..FlowNode::default() };
        (nodes.into_iter().chain([alone]).collect(), edges)
    }

    fn read(text: &str) -> Vec<BTreeMap<String, String>> {
        csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
    }

    #[test]
    fn the_table_read_back_is_what_json_says() {
        let (_, edges) = example();
        let rows = read(&flows(&edges).unwrap());
        assert_eq!(rows.len(), edges.len());
        for (row, flow) in rows.iter().zip(&edges) {
            let said = flow_json(flow);
            assert_eq!(row.len(), said.as_object().unwrap().len(), "every member has a column, and no other");
            for (name, value) in said.as_object().unwrap() {
                assert_eq!(row[name], text(value), "{name}");
            }
        }
    }

    #[test]
    fn a_graphs_table_holds_every_flow_and_every_system() {
        let (nodes, edges) = example();
        let rows = read(&graph(&nodes, &edges).unwrap());
        assert_eq!(rows.iter().filter(|row| !row["type"].is_empty()).count(), edges.len());
        for node in &nodes {
            let end = |row: &&BTreeMap<String, String>| {
                ["provider", "consumer"].iter().any(|end| {
                    row[*end] == node.system
                        && row[&format!("{end}_name")] == node.name
                        && row[&format!("{end}_host")] == node.host
                        && row[&format!("{end}_distance")] == node.distance.to_string()
                })
            };
            assert!(rows.iter().find(end).is_some(), "{} is not in the table", node.system);
        }
    }
}

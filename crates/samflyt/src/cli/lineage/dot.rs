//! A graph in Graphviz' DOT.

use std::collections::BTreeMap;

use samflyt_proto::lineage::{Flow, FlowNode};

use super::flows::NOBODY;
use crate::cli::output::plain;
use crate::cli::show;

/// Systems as boxes, flows as arrows with type and count, over all tenants that were asked about.
pub(super) fn render(nodes: &[FlowNode], edges: &[Flow]) -> String {
    let mut text = "digraph samflyt {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    for node in nodes {
        let start = if node.distance == 0 { ", style=bold" } else { "" };
        text += &format!("  {} [label={}{start}];\n", quoted(&node.system), label(node));
    }
    for ((provider, kind, consumer), events) in totals(edges) {
        let (consumer, style) = if consumer.is_empty() { (NOBODY, ", style=dashed") } else { (consumer, "") };
        let label = quoted(&format!("{kind} ({})", show::number(events)));
        text += &format!("  {} -> {} [label={label}{style}];\n", quoted(provider), quoted(consumer));
    }
    text + "}\n"
}

/// Flows by provider, type and consumer; the counts of all tenants together.
pub(super) fn totals(edges: &[Flow]) -> BTreeMap<(&str, &str, &str), u64> {
    let mut totals = BTreeMap::new();
    for flow in edges {
        let count: &mut u64 =
            totals.entry((flow.provider.as_str(), flow.r#type.as_str(), flow.consumer.as_str())).or_default();
        *count = count.saturating_add(flow.events);
    }
    totals
}

fn label(node: &FlowNode) -> String {
    match node.name.as_str() {
        "" => quoted(&node.system),
        // `\n` is DOT's own line break, so it comes after the quoting.
        name => format!("\"{}\\n{}\"", escaped(name), escaped(&node.system)),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// In a quoted string of DOT only `"` ends it, and `\` begins an escape (Graphviz, "The DOT Language").
fn escaped(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
pub(in crate::cli::lineage) mod tests {
    use super::*;

    pub(in crate::cli::lineage) fn example() -> (Vec<FlowNode>, Vec<Flow>) {
        let node = |system: &str, name: &str, distance| FlowNode {
            system: system.to_owned(),
            name: name.to_owned(),
            product: if name.is_empty() { String::new() } else { "agresso".to_owned() },
            host: if name.is_empty() { String::new() } else { "vinje".to_owned() },
            distance,
        };
        let flow = |tenant: &str, provider: &str, kind: &str, consumer: &str, events, basis: &str| Flow {
            tenant: tenant.to_owned(),
            provider: provider.to_owned(),
            r#type: kind.to_owned(),
            consumer: consumer.to_owned(),
            events,
            legal_basis: basis.to_owned(),
            ..Flow::default()
        };
        let nodes = vec![node("seljord-oppvekst", "", 1), node("vinje-agresso", "Agresso \"økonomi\"", 0)];
        let edges = vec![
            flow("seljord", "seljord-oppvekst", "invoice.requested", "vinje-agresso", 12, "6(1)(e)"),
            flow("kviteseid", "seljord-oppvekst", "invoice.requested", "vinje-agresso", 1, ""),
            flow("seljord", "vinje-agresso", "invoice.sent", "", 3, ""),
        ];
        (nodes, edges)
    }

    #[test]
    fn quotes_are_escaped_and_tenants_added_up() {
        let (nodes, edges) = example();
        assert_eq!(
            render(&nodes, &edges),
            r#"digraph samflyt {
  rankdir=LR;
  node [shape=box];
  "seljord-oppvekst" [label="seljord-oppvekst"];
  "vinje-agresso" [label="Agresso \"økonomi\"\nvinje-agresso", style=bold];
  "seljord-oppvekst" -> "vinje-agresso" [label="invoice.requested (13)"];
  "vinje-agresso" -> "(nobody seen)" [label="invoice.sent (3)", style=dashed];
}
"#
        );
    }

    #[test]
    fn no_name_can_end_its_string() {
        assert_eq!(quoted(r#"a\" -> b; \"#), r#""a\\\" -> b; \\""#);
        assert_eq!(quoted("a\nb"), "\"a\u{fffd}b\"");
    }
}

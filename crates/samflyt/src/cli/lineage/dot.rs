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
    for ((provider, kind, consumer, received), events) in totals(edges) {
        let (consumer, style) = match (consumer, received) {
            ("", _) => (NOBODY, ", style=dashed"),
            (consumer, true) => (consumer, ", style=dotted"),
            (consumer, false) => (consumer, ""),
        };
        let label = quoted(&label_of(kind, events, received));
        text += &format!("  {} -> {} [label={label}{style}];\n", quoted(provider), quoted(consumer));
    }
    text + "}\n"
}

/// What stands on an arrow. What was delivered is told apart from what was caused.
pub(super) fn label_of(kind: &str, events: u64, received: bool) -> String {
    let how = if received { " received" } else { "" };
    format!("{kind} ({}{how})", show::number(events))
}

/// Provider, type and consumer, and whether the flow is known by deliveries.
pub(super) type Arrow<'f> = (&'f str, &'f str, &'f str, bool);

/// Flows by what is drawn as one; the counts of all tenants together.
pub(super) fn totals(edges: &[Flow]) -> BTreeMap<Arrow<'_>, u64> {
    let mut totals = BTreeMap::new();
    for flow in edges {
        let (provider, kind, consumer) = (&*flow.provider, &*flow.r#type, &*flow.consumer);
        let count: &mut u64 = totals.entry((provider, kind, consumer, flow.received)).or_default();
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
    fn what_was_received_is_an_arrow_of_its_own() {
        let (nodes, mut edges) = example();
        edges[1].received = true;
        let text = render(&nodes, &edges);
        for arrow in [
            r#"[label="invoice.requested (12)"]"#,
            r#"[label="invoice.requested (1 received)", style=dotted]"#,
        ] {
            assert!(text.contains(arrow), "{text}");
        }
    }

    #[test]
    fn no_name_can_end_its_string() {
        assert_eq!(quoted(r#"a\" -> b; \"#), r#""a\\\" -> b; \\""#);
        assert_eq!(quoted("a\nb"), "\"a\u{fffd}b\"");
    }
}

//! A graph in Mermaid.

use std::collections::BTreeMap;

use samflyt_proto::lineage::{Flow, FlowNode};

use super::dot::{label_of, totals};
use super::flows::NOBODY;
use crate::cli::output::plain;

/// Systems as boxes, flows as arrows with type and count, over all tenants that were asked about. Ids are numbers: some
/// words, such as `end`, mean something to Mermaid.
pub(super) fn render(nodes: &[FlowNode], edges: &[Flow]) -> String {
    let totals = totals(edges);
    let names: BTreeMap<&str, &str> =
        nodes.iter().map(|node| (node.system.as_str(), node.name.as_str())).collect();
    let mut systems: Vec<&str> = nodes.iter().map(|node| node.system.as_str()).collect();
    systems.extend(totals.keys().flat_map(|(provider, _, consumer, _)| [*provider, *consumer]));
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    let mut text = "flowchart LR\n".to_owned();
    for system in systems {
        let next = ids.len();
        if ids.contains_key(system) {
            continue;
        }
        ids.insert(system, next);
        text += &match (system, names.get(system).copied().unwrap_or_default()) {
            ("", _) => format!("  n{next}([\"{}\"])\n", escaped(NOBODY)),
            (system, "") => format!("  n{next}[\"{}\"]\n", escaped(system)),
            (system, name) => format!("  n{next}[\"{}<br/>{}\"]\n", escaped(name), escaped(system)),
        };
    }
    for ((provider, kind, consumer, received), events) in &totals {
        let arrow = match (*consumer, received) {
            ("", _) => "-.->",
            (_, true) => "==>",
            (_, false) => "-->",
        };
        let label = escaped(&label_of(kind, *events, *received));
        text += &format!("  n{} {arrow}|\"{label}\"| n{}\n", ids[provider], ids[consumer]);
    }
    text
}

/// Mermaid has entities with `#` in place of `&`; whatever could end a string or begin markup becomes one.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in plain(text).chars() {
        match c {
            '"' => safe += "#quot;",
            '#' => safe += "#35;",
            '&' => safe += "#amp;",
            '<' => safe += "#lt;",
            '>' => safe += "#gt;",
            '`' => safe += "#96;",
            ';' => safe += "#59;",
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::lineage::dot::tests::example;

    #[test]
    fn systems_are_boxes_and_flows_are_arrows() {
        let (nodes, edges) = example();
        assert_eq!(
            render(&nodes, &edges),
            r#"flowchart LR
  n0["seljord-oppvekst"]
  n1["Agresso #quot;økonomi#quot;<br/>vinje-agresso"]
  n2(["(nobody seen)"])
  n0 -->|"invoice.requested (13)"| n1
  n1 -.->|"invoice.sent (3)"| n2
"#
        );
    }

    #[test]
    fn no_name_can_end_its_string_or_become_markup() {
        assert_eq!(escaped("\"] --> <b>`#;"), "#quot;] --#gt; #lt;b#gt;#96;#35;#59;");
    }
}

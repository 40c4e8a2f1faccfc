//! A graph as text: system by system, from the start outwards, each flow once.

use std::collections::BTreeSet;

use samflyt_proto::lineage::{Flow, FlowNode};

use super::flows::NOBODY;
use crate::cli::output::{Table, plain};
use crate::cli::show;

/// Under each system what it receives and what it provides, as far as that has not been told at a nearer system.
pub(crate) fn render(nodes: &[FlowNode], edges: &[Flow]) -> String {
    if nodes.is_empty() && edges.is_empty() {
        return "no flows\n".to_owned();
    }
    let mut nodes: Vec<&FlowNode> = nodes.iter().collect();
    nodes.sort_by(|a, b| (a.distance, &a.system).cmp(&(b.distance, &b.system)));
    let mut told = BTreeSet::new();
    let mut text = String::new();
    for node in nodes {
        text += &heading(node);
        let received = take(edges, &mut told, |flow| flow.consumer == node.system);
        let provided = take(edges, &mut told, |flow| flow.provider == node.system);
        text += &section("receives", "from", &received, |flow| &flow.provider);
        text += &section("provides", "to", &provided, |flow| &flow.consumer);
    }
    let rest = take(edges, &mut told, |_| true);
    if !rest.is_empty() {
        text += "flows between others\n";
        let between: Vec<String> =
            rest.iter().map(|flow| format!("{} -> {}", flow.provider, flow.consumer)).collect();
        let rows =
            rest.iter().zip(&between).map(|(flow, between)| (*flow, between.as_str())).collect::<Vec<_>>();
        text += &indented(&rows, "of");
    }
    text
}

fn heading(node: &FlowNode) -> String {
    let about: Vec<String> = [
        (!node.name.is_empty()).then(|| node.name.clone()),
        (!node.product.is_empty()).then(|| node.product.clone()),
        (!node.host.is_empty()).then(|| format!("hosted by {}", node.host)),
        (node.distance > 0).then(|| format!("{} away", node.distance)),
    ]
    .into_iter()
    .flatten()
    .collect();
    plain(&format!("{}  {}", node.system, about.join(", "))).trim_end().to_owned() + "\n"
}

fn take<'f>(edges: &'f [Flow], told: &mut BTreeSet<usize>, wanted: impl Fn(&Flow) -> bool) -> Vec<&'f Flow> {
    let mut found: Vec<&Flow> = edges
        .iter()
        .enumerate()
        .filter(|(at, flow)| wanted(flow) && told.insert(*at))
        .map(|(_, flow)| flow)
        .collect();
    found.sort_by(|a, b| {
        (&a.r#type, &a.provider, &a.consumer, &a.tenant).cmp(&(
            &b.r#type,
            &b.provider,
            &b.consumer,
            &b.tenant,
        ))
    });
    found
}

fn section(title: &str, word: &str, flows: &[&Flow], other: impl Fn(&Flow) -> &str) -> String {
    if flows.is_empty() {
        return String::new();
    }
    let rows: Vec<(&Flow, &str)> = flows.iter().map(|flow| (*flow, other(flow))).collect();
    format!("  {title}\n{}", indented(&rows, word))
}

fn indented(rows: &[(&Flow, &str)], word: &str) -> String {
    let mut table = Table::new(&["", "", "", "#", "", "", ""]);
    for (flow, other) in rows {
        let other = if other.is_empty() { NOBODY.to_owned() } else { format!("{word} {other}") };
        let basis: Vec<&str> = [flow.legal_basis.as_str(), flow.purpose.as_str()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        table.row([
            &flow.r#type,
            &other,
            &format!("in {}", flow.tenant),
            &format!("{}x{}", show::number(flow.events), if flow.received { " received" } else { "" }),
            &format!("{} .. {}", show::day(flow.first_seen.as_ref()), show::day(flow.last_seen.as_ref())),
            &basis.join("; "),
            &flow.classification,
        ]);
    }
    table.render().lines().skip(1).map(|line| format!("    {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::lineage::dot::tests::example;

    #[test]
    fn each_flow_is_told_once_at_the_system_nearest_the_start() {
        let (nodes, edges) = example();
        assert_eq!(
            render(&nodes, &edges),
            "vinje-agresso  Agresso \"økonomi\", agresso, hosted by vinje\n\
             \x20 receives\n\
             \x20   invoice.requested  from seljord-oppvekst  in kviteseid   1x  – .. –\n\
             \x20   invoice.requested  from seljord-oppvekst  in seljord    12x  – .. –  6(1)(e)\n\
             \x20 provides\n\
             \x20   invoice.sent  (nobody seen)  in seljord  3x  – .. –\n\
             seljord-oppvekst  1 away\n"
        );
    }

    #[test]
    fn a_flow_between_systems_that_were_not_listed_is_not_hidden() {
        let (_, edges) = example();
        let text = render(&[], &edges);
        assert!(text.contains("of seljord-oppvekst -> vinje-agresso"), "{text}");
        assert_eq!(render(&[], &[]), "no flows\n");
    }
}

//! `samflyt lineage trace`: an affair as a tree.

use samflyt_proto::lineage::{Receiver, TraceEventRequest, TraceEventResponse, TraceNode};
use serde_json::json;

use super::ask::WhichEvent;
use crate::cli::output::{plain, print, print_json};
use crate::cli::{Failure, Remote, json as as_json, show};

/// So many receivers are named in a line; `lineage deliveries` names all.
const RECEIVERS_SHOWN: usize = 3;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  samflyt lineage trace seljord seljord-oppvekst/soknad-17")]
pub(super) struct Trace {
    #[command(flatten)]
    which: WhichEvent,
    /// Show at most so many events [default: 1,000]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    events_max: u32,
}

impl Trace {
    pub(super) async fn run(self, remote: &Remote, json: bool) -> anyhow::Result<()> {
        let request = TraceEventRequest {
            tenant: self.which.tenant,
            system: self.which.event.system.to_string(),
            event_id: self.which.event.id.to_string(),
            events_max: self.events_max,
            at_least: None,
        };
        let answer = remote.lineage().await?.trace_event(request).await.map_err(Failure::from)?.into_inner();
        if json { print_json(&to_json(&answer)) } else { print(&render(&answer)) }
    }
}

/// The tree, and a line on its completeness.
pub(crate) fn render(answer: &TraceEventResponse) -> String {
    let children = children(&answer.nodes);
    let mut text = format!("affair {}\n", plain(&answer.correlation_id));
    // What stands before a line of the tree, and before those below it. A tree may be as deep as it has events, so no
    // recursion.
    let mut open: Vec<(usize, String, String)> =
        children.roots.iter().rev().map(|root| (*root, String::new(), String::new())).collect();
    while let Some((at, branch, below)) = open.pop() {
        text += &branch;
        text += &line(&answer.nodes[at], at == answer.focus as usize);
        text.push('\n');
        for (place, child) in children.of[at].iter().enumerate().rev() {
            let last = place + 1 == children.of[at].len();
            let (branch, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            open.push((*child, format!("{below}{branch}"), format!("{below}{rest}")));
        }
    }
    let narrower = "raise --events-max, or trace an event further down";
    text + &show::completeness(answer.completeness.as_ref(), narrower) + "\n"
}

struct Children {
    roots: Vec<usize>,
    of: Vec<Vec<usize>>,
}

/// A parent that does not come before its child is no parent: the walk must end, whatever the answer.
fn children(nodes: &[TraceNode]) -> Children {
    let mut found = Children { roots: Vec::new(), of: vec![Vec::new(); nodes.len()] };
    for (at, node) in nodes.iter().enumerate() {
        let parent = node.parent as usize;
        if parent < at { found.of[parent].push(at) } else { found.roots.push(at) }
    }
    found
}

fn line(node: &TraceNode, is_focus: bool) -> String {
    let event = node.event.as_ref().and_then(|recorded| recorded.event.as_ref());
    let mut parts = match event {
        None => vec!["(no name)".to_owned()],
        Some(event) if node.stub => {
            vec![format!("{}/{}", event.system, event.id), "(not here yet, or not yours to see)".to_owned()]
        }
        Some(event) => vec![
            format!("{}/{}", event.system, event.id),
            event.r#type.clone(),
            event.entity.clone(),
            show::time(event.time.as_ref()),
        ],
    };
    if let Some(delay) = &node.delay {
        let shown = show::duration(delay);
        parts.push(if shown.starts_with('-') {
            format!("({shown}: clocks disagree)")
        } else {
            format!("(+{shown})")
        });
    }
    for (reference, word) in event.iter().flat_map(|e| [(&e.corrects, "corrects"), (&e.retracts, "retracts")])
    {
        if !reference.is_empty() {
            parts.push(format!("{word} {reference}"));
        }
    }
    if !node.receivers.is_empty() {
        parts.push(received(&node.receivers));
    }
    if is_focus {
        parts.push("<== asked for".to_owned());
    }
    plain(&parts.join("  "))
}

/// How many received it, and the first of them with their times.
fn received(receivers: &[Receiver]) -> String {
    let shown = receivers.iter().take(RECEIVERS_SHOWN);
    let names: Vec<String> =
        shown.map(|one| format!("{} {}", one.system, show::time(one.by.as_ref()))).collect();
    let more = match receivers.len().saturating_sub(RECEIVERS_SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("received by {}: {}{more}", receivers.len(), names.join(", "))
}

fn to_json(answer: &TraceEventResponse) -> serde_json::Value {
    let receiver = |one: &Receiver| json!({"system": one.system, "by": as_json::time(one.by.as_ref())});
    let node = |node: &TraceNode| {
        json!({
            "recorded": node.event.as_ref().map(as_json::recorded),
            "parent": node.parent,
            "depth": node.depth,
            "delay_s": as_json::seconds(node.delay.as_ref()),
            "stub": node.stub,
            "receivers": node.receivers.iter().map(receiver).collect::<Vec<_>>(),
        })
    };
    json!({
        "correlation_id": answer.correlation_id,
        "focus": answer.focus,
        "nodes": answer.nodes.iter().map(node).collect::<Vec<_>>(),
        "completeness": as_json::completeness(answer.completeness.as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use prost_types::{Duration, Timestamp};
    use samflyt_proto::common::{Completeness, Event, Position, RecordedEvent};

    use super::*;

    fn node(name: &str, kind: &str, parent: u32, delay_s: Option<i64>) -> TraceNode {
        let (system, id) = name.split_once('/').unwrap();
        let event = Event {
            system: system.to_owned(),
            id: id.to_owned(),
            r#type: kind.to_owned(),
            entity: "2026/17".to_owned(),
            time: Some(Timestamp { seconds: 1_772_353_800, nanos: 0 }),
            ..Event::default()
        };
        TraceNode {
            event: Some(RecordedEvent { event: Some(event), ..RecordedEvent::default() }),
            parent,
            delay: delay_s.map(|seconds| Duration { seconds, nanos: 0 }),
            ..TraceNode::default()
        }
    }

    fn answer(nodes: Vec<TraceNode>) -> TraceEventResponse {
        let position = Position { tenant: "seljord".to_owned(), sequence: 9, ..Position::default() };
        TraceEventResponse {
            nodes,
            focus: 1,
            correlation_id: "oppvekst/a".to_owned(),
            completeness: Some(Completeness { positions: vec![position], ..Completeness::default() }),
        }
    }

    #[test]
    fn an_affair_is_a_tree_with_delays_stubs_and_what_was_asked_for() {
        let mut stub = node("vinje-agresso/x", "", 0, None);
        stub.stub = true;
        let shown = render(&answer(vec![
            node("oppvekst/a", "application.received", 0, None),
            node("ephorte/b", "case.opened", 0, Some(250)),
            node("ephorte/c", "archive.accepted", 1, Some(-3)),
            stub,
        ]));
        assert_eq!(
            shown,
            "affair oppvekst/a\n\
             oppvekst/a  application.received  2026/17  2026-03-01 08:30:00Z\n\
             ├─ ephorte/b  case.opened  2026/17  2026-03-01 08:30:00Z  (+4 min 10 s)  <== asked for\n\
             │  └─ ephorte/c  archive.accepted  2026/17  2026-03-01 08:30:00Z  (-3 s: clocks disagree)\n\
             └─ vinje-agresso/x  (not here yet, or not yours to see)\n\
             as of seljord 9, 0 behind\n"
        );
    }

    #[test]
    fn who_received_an_event_is_counted_and_the_first_are_named() {
        let mut node = node("oppvekst/a", "application.received", 0, None);
        let by = Some(Timestamp { seconds: 1_772_353_801, nanos: 0 });
        let receiver = |system: &str| Receiver { system: system.to_owned(), by };
        node.receivers = ["gat", "acos", "visma", "ephorte"].map(receiver).to_vec();
        let shown = line(&node, false);
        let told = "received by 4: gat 2026-03-01 08:30:01Z, acos 2026-03-01 08:30:01Z, visma 2026-03-01 08:30:01Z, \
                    and 1 more";
        assert!(shown.ends_with(told), "{shown}");
    }

    #[test]
    fn an_answer_that_is_no_tree_is_still_shown_once_each() {
        let shown = render(&answer(vec![
            node("s/a", "t", 1, None),
            node("s/b", "t", 7, None),
            node("s/c", "t", 2, None),
        ]));
        assert_eq!(shown.lines().filter(|line| line.starts_with("s/")).count(), 3);
    }

    #[test]
    fn a_chain_of_many_events_does_not_overflow_the_stack() {
        let chain =
            (0..20_000).map(|at: u32| node("s/a", "t", at.saturating_sub(1), None)).collect::<Vec<_>>();
        let children = children(&chain);
        assert_eq!((children.roots.len(), children.of[19_998].len()), (1, 1));
        let short = chain.into_iter().take(2_000).collect();
        assert_eq!(render(&answer(short)).lines().count(), 2_002);
    }
}

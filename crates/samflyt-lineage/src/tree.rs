//! An affair as a tree: every event below what caused it; several roots where causes are missing.

use std::collections::BTreeMap;

use samflyt_events::{EventRef, RecordedEvent};
use time::Duration;

use crate::gather::Affair;

/// A node, in the order of a walk: parents before children, children by the time at which they happened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Node<'a> {
    pub name: EventRef,
    /// None: only its name is known.
    pub event: Option<&'a RecordedEvent>,
    /// Index of the parent; its own for a root.
    pub parent: usize,
    pub depth: u32,
    pub delay: Option<Duration>,
}

/// The tree of an affair. A cause that was not gathered stands in it as a stub.
pub(crate) fn tree(affair: &Affair) -> Vec<Node<'_>> {
    let mut children: BTreeMap<&EventRef, Vec<&EventRef>> = BTreeMap::new();
    let mut roots: Vec<&EventRef> = Vec::new();
    for (name, recorded) in &affair.events {
        match &recorded.event.causation {
            Some(cause) => {
                if !affair.events.contains_key(cause) && !children.contains_key(cause) {
                    roots.push(cause);
                }
                children.entry(cause).or_default().push(name);
            }
            None => roots.push(name),
        }
    }
    let order = |name: &&EventRef| affair.events.get(*name).map(|event| (event.event.time, event.sequence));
    roots.sort_by_key(order);
    for siblings in children.values_mut() {
        siblings.sort_by_key(order);
    }
    let mut nodes = Vec::with_capacity(affair.events.len() + 1);
    for root in roots {
        walk(affair, &children, root, &mut nodes);
    }
    close_circles(affair, &children, &mut nodes);
    nodes
}

fn walk<'a>(
    affair: &'a Affair,
    children: &BTreeMap<&'a EventRef, Vec<&'a EventRef>>,
    root: &'a EventRef,
    nodes: &mut Vec<Node<'a>>,
) {
    // A stack of its own: an affair may be a chain of thousands.
    let mut open: Vec<(&EventRef, Option<usize>)> = vec![(root, None)];
    while let Some((name, parent)) = open.pop() {
        let index = nodes.len();
        let event = affair.events.get(name);
        let above = parent.map(|parent| &nodes[parent]);
        let delay = above
            .and_then(|above| above.event)
            .zip(event)
            .map(|(cause, effect)| effect.event.time - cause.event.time);
        let depth = above.map_or(0, |above| above.depth + 1);
        nodes.push(Node { name: name.clone(), event, parent: parent.unwrap_or(index), depth, delay });
        let below = children.get(name).into_iter().flatten();
        open.extend(below.rev().map(|child| (*child, Some(index))));
    }
}

/// Events that cause each other in a circle have no root: the first of them becomes one.
fn close_circles<'a>(
    affair: &'a Affair,
    children: &BTreeMap<&'a EventRef, Vec<&'a EventRef>>,
    nodes: &mut Vec<Node<'a>>,
) {
    let mut shown: std::collections::BTreeSet<EventRef> =
        nodes.iter().map(|node| node.name.clone()).collect();
    for name in affair.events.keys() {
        if shown.contains(name) {
            continue;
        }
        let mut open: Vec<(&EventRef, Option<usize>)> = vec![(name, None)];
        while let Some((name, parent)) = open.pop() {
            if !shown.insert(name.clone()) {
                continue;
            }
            let index = nodes.len();
            let depth = parent.map_or(0, |parent| nodes[parent].depth + 1);
            let event = affair.events.get(name);
            nodes.push(Node {
                name: name.clone(),
                event,
                parent: parent.unwrap_or(index),
                depth,
                delay: None,
            });
            open.extend(children.get(name).into_iter().flatten().rev().map(|child| (*child, Some(index))));
        }
    }
}

#[cfg(test)]
mod tests {
    use samflyt_events::{EntityId, Event, EventId, EventType, SystemId, TenantId};
    use time::macros::datetime;

    use super::*;

    fn event(id: &str, cause: Option<&str>, minute: i64) -> (EventRef, RecordedEvent) {
        let name = EventRef::parse(&format!("s/{id}")).unwrap();
        let time = datetime!(2026-03-02 8:00 UTC) + Duration::minutes(minute);
        let event = Event {
            id: EventId::new(id).unwrap(),
            system: SystemId::new("s").unwrap(),
            kind: EventType::new("case.opened").unwrap(),
            tenant: TenantId::new("seljord").unwrap(),
            entity: EntityId::new("1").unwrap(),
            time,
            correlation: name.as_correlation(),
            causation: cause.map(|cause| EventRef::parse(&format!("s/{cause}")).unwrap()),
            corrects: None,
            retracts: None,
            backfill: false,
            traceparent: None,
            contract: None,
            publisher: None,
            digest: None,
            data: Default::default(),
        };
        (name, RecordedEvent { event, sequence: u64::try_from(minute).unwrap(), learned_at: time })
    }

    fn shape(events: Vec<(EventRef, RecordedEvent)>) -> Vec<(String, usize, u32, bool)> {
        let focus = events[0].0.clone();
        let affair = Affair { events: events.into_iter().collect(), focus, truncated: false };
        tree(&affair).iter().map(|n| (n.name.id.to_string(), n.parent, n.depth, n.event.is_none())).collect()
    }

    #[test]
    fn causes_stand_above_their_effects_and_effects_by_time() {
        let events = vec![
            event("a", None, 0),
            event("b", Some("a"), 9),
            event("c", Some("a"), 3),
            event("d", Some("c"), 4),
        ];
        let expected = [("a", 0, 0), ("c", 0, 1), ("d", 1, 2), ("b", 0, 1)];
        assert_eq!(shape(events), expected.map(|(id, parent, depth)| (id.to_owned(), parent, depth, false)));
    }

    #[test]
    fn an_unknown_cause_is_a_stub_and_a_circle_is_no_trap() {
        let found = shape(vec![event("b", Some("gone"), 1)]);
        assert_eq!(found, [("gone".to_owned(), 0, 0, true), ("b".to_owned(), 0, 1, false)]);
        let circle = shape(vec![event("a", Some("b"), 0), event("b", Some("a"), 1)]);
        assert_eq!(circle.len(), 2);
    }
}

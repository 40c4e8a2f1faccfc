//! The walk beside a simple model of it: a list of flows, searched breadth first.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use samflyt_events::catalogue::resource::{AgreementStatus, template};
use samflyt_events::catalogue::{Agreement, Kind, Resource};
use samflyt_events::{EventType, ResourceId, SystemId, TenantId};
use samflyt_proto::lineage as pb;
use samflyt_proto::lineage::ImpactKind;
use time::macros::date;

use super::super::question::{Question, Subject, milliseconds};
use super::super::{Draft, draft};
use super::world::{Happened, at, catalogue, folded};
use crate::insight::impact::page::{KINDS, Wanted};

/// Tenant, provider, type, consumer.
type Flow = (String, String, String, String);

fn tenant(n: usize) -> String {
    format!("t-{n}")
}

fn system(n: usize) -> String {
    format!("s-{n}")
}

fn kind(n: usize) -> String {
    format!("case.k-{n}")
}

#[derive(Debug, Clone)]
struct Case {
    happened: Vec<Happened>,
    /// Tenant, provider, type, consumer.
    agreed: Vec<(usize, usize, usize, usize)>,
    root: Root,
    readable: BTreeSet<usize>,
    depth: u32,
    /// Only what was seen by the event at this place; none: all.
    as_of: Option<usize>,
    page_size: usize,
}

#[derive(Debug, Clone, Copy)]
enum Root {
    System(usize),
    Kind(usize),
}

fn case() -> impl Strategy<Value = Case> {
    let event =
        (0usize..3, 0usize..5, 0usize..3, proptest::option::weighted(0.8, any::<prop::sample::Index>()));
    let root = prop_oneof![(0usize..5).prop_map(Root::System), (0usize..3).prop_map(Root::Kind)];
    (
        prop::collection::vec(event, 1..50),
        prop::collection::vec((0usize..3, 0usize..5, 0usize..3, 0usize..5), 0..5),
        root,
        prop::collection::btree_set(0usize..3, 1..=3),
        prop_oneof![Just(u32::MAX), 1u32..4],
        proptest::option::of(0usize..50),
        1usize..40,
    )
        .prop_map(|(events, agreed, root, readable, depth, as_of, page_size)| {
            let mut happened: Vec<Happened> = Vec::new();
            for (place, (of, by, what, cause)) in events.into_iter().enumerate() {
                // What comes of another municipality's affair waits for ever, and is no flow.
                let cause = cause.filter(|_| place > 0).map(|cause| cause.index(place));
                happened.push(Happened { tenant: tenant(of), system: system(by), kind: kind(what), cause });
            }
            Case { happened, agreed, root, readable, depth, as_of, page_size }
        })
}

/// The flows that may be walked.
fn flows(case: &Case) -> BTreeSet<Flow> {
    let readable = |of: &str| case.readable.iter().any(|n| tenant(*n) == of);
    let mut flows = BTreeSet::new();
    for (place, event) in case.happened.iter().enumerate() {
        let Some(cause) = event.cause.map(|cause| &case.happened[cause]) else { continue };
        let seen = case.as_of.is_none_or(|as_of| place <= as_of);
        if seen && readable(&event.tenant) && cause.tenant == event.tenant && cause.system != event.system {
            let (of, by) = (event.tenant.clone(), cause.system.clone());
            flows.insert((of, by, cause.kind.clone(), event.system.clone()));
        }
    }
    for (of, by, what, to) in &case.agreed {
        if readable(&tenant(*of)) {
            flows.insert((tenant(*of), system(*by), kind(*what), system(*to)));
        }
    }
    flows
}

/// Distances of flows and of systems, per tenant.
#[derive(Debug, Default, PartialEq, Eq)]
struct Reached {
    flows: BTreeMap<Flow, u32>,
    systems: BTreeMap<String, u32>,
}

fn model(case: &Case) -> Reached {
    let flows = flows(case);
    let mut reached = Reached::default();
    for n in &case.readable {
        let of = tenant(*n);
        let own: Vec<&Flow> = flows.iter().filter(|flow| flow.0 == of).collect();
        let published = |by: &str, what: &str| {
            let seen = |(place, event): (usize, &Happened)| {
                event.tenant == of
                    && event.system == by
                    && event.kind == what
                    && case.as_of.is_none_or(|as_of| place <= as_of)
            };
            case.happened.iter().enumerate().any(seen)
                || own.iter().any(|flow| flow.1 == by && flow.2 == what)
        };
        let (mut down, mut up) = (BTreeMap::new(), BTreeMap::new());
        let mut near: Vec<(&Flow, u32)> = Vec::new();
        match case.root {
            Root::System(root) => {
                down.insert(system(root), 0);
                up.insert(system(root), 0);
            }
            Root::Kind(what) => {
                for by in (0..5).map(system).filter(|by| published(by, &kind(what))) {
                    up.insert(by.clone(), 0);
                    for flow in own.iter().filter(|flow| flow.1 == by && flow.2 == kind(what)) {
                        near.push((flow, 1));
                        down.entry(flow.3.clone()).or_insert(1);
                    }
                }
            }
        }
        near.extend(search(&own, &mut down, case.depth, |flow| (&flow.1, &flow.3)));
        near.extend(search(&own, &mut up, case.depth, |flow| (&flow.3, &flow.1)));
        for (flow, distance) in near {
            let best = reached.flows.entry(flow.clone()).or_insert(distance);
            *best = distance.min(*best);
        }
        for (system, distance) in down.into_iter().chain(up) {
            let best = reached.systems.entry(system).or_insert(distance);
            *best = distance.min(*best);
        }
    }
    reached
}

/// Breadth first, step by step.
fn search<'f>(
    flows: &[&'f Flow],
    met: &mut BTreeMap<String, u32>,
    depth: u32,
    ends: impl Fn(&'f Flow) -> (&'f String, &'f String),
) -> Vec<(&'f Flow, u32)> {
    let mut gone = Vec::new();
    for step in 0..depth.min(60) {
        for flow in flows {
            let (from, to) = ends(flow);
            if met.get(from) == Some(&step) {
                gone.push((*flow, step + 1));
                met.entry(to.clone()).or_insert(step + 1);
            }
        }
    }
    gone
}

/// An agreement that always stands.
pub(super) fn agreed(at: usize, of: &str, by: &str, what: &str, to: &str) -> Resource {
    static TEMPLATE: std::sync::LazyLock<Resource> = std::sync::LazyLock::new(|| {
        Resource::from_value(Kind::Agreement, template(Kind::Agreement).unwrap()).unwrap()
    });
    let Resource::Agreement(template) = TEMPLATE.clone() else { panic!("no agreement") };
    Resource::Agreement(Agreement {
        id: ResourceId::new(&format!("a-{at}")).unwrap(),
        tenant: TenantId::new(of).unwrap(),
        provider: SystemId::new(by).unwrap(),
        consumer: SystemId::new(to).unwrap(),
        types: vec![EventType::new(what).unwrap()],
        valid_from: date!(1970 - 01 - 01),
        valid_until: None,
        status: AgreementStatus::Approved,
        approved_on: Some(date!(1970 - 01 - 01)),
        ..template
    })
}

fn question(case: &Case) -> Question {
    let moment = case.as_of.map(at);
    let mut wanted = Wanted::none();
    KINDS.into_iter().for_each(|kind| wanted.add(kind));
    Question {
        tenants: case.readable.iter().map(|n| TenantId::new(&tenant(*n)).unwrap()).collect(),
        subject: match case.root {
            Root::System(root) => Subject::System(SystemId::new(&system(root)).unwrap()),
            Root::Kind(what) => Subject::Contract(EventType::new(&kind(what)).unwrap()),
        },
        action: Default::default(),
        substitute: None,
        depth: case.depth,
        moment,
        on: at(0).date(),
        seen_ms: moment.map_or(u64::MAX, milliseconds),
        wanted,
        page_size: case.page_size,
        after: None,
    }
}

/// All pages; each counts all, and lines come in order.
fn answer(reader: &crate::reader::Reader, case: &Case) -> Result<Vec<pb::ImpactLine>, TestCaseError> {
    let host = tenant(case.readable.first().copied().unwrap_or_default());
    let hosted: Vec<_> = (0..5).map(|n| (system(n), host.clone(), "product".to_owned())).collect();
    let agreements =
        case.agreed.iter().enumerate().map(|(at, (of, by, what, to))| {
            agreed(at, &tenant(*of), &system(*by), &kind(*what), &system(*to))
        });
    let agreements = agreements.collect();
    let catalogue = catalogue(&hosted, agreements);
    let mut question = question(case);
    let (mut lines, mut counted) = (Vec::new(), None);
    loop {
        let Ok(Draft { counts, lines: page, next, .. }) = draft(reader, &catalogue, &question, 0) else {
            return Ok(Vec::new());
        };
        lines.extend(page.into_iter().map(|(line, _)| line));
        prop_assert_eq!(counted.get_or_insert_with(|| counts.clone()), &counts);
        let Some(token) = next else { break };
        question.after = super::super::page::Token::parse(&token.text()).unwrap();
    }
    let distances: Vec<u32> = lines.iter().map(|line| line.distance).collect();
    prop_assert!(distances.is_sorted(), "not nearest first: {:?}", distances);
    for count in counted.unwrap_or_default() {
        let of_kind = lines.iter().filter(|line| line.kind == count.kind).count();
        prop_assert_eq!(count.lines, of_kind as u64, "{:?}", count.kind());
    }
    Ok(lines)
}

/// A path is as long as the line is far, and every step of it is a flow.
fn check_path(line: &pb::ImpactLine, flows: &BTreeSet<Flow>) -> Result<(), TestCaseError> {
    prop_assert_eq!(line.path.len() as u32, 2 * line.distance + 1, "{:?}", line);
    for step in line.path.windows(3).step_by(2) {
        let [from, what, to] = [0, 1, 2].map(|at: usize| step[at].clone());
        let down = (line.tenant.clone(), from.clone(), what.clone(), to.clone());
        let up = (line.tenant.clone(), to, what, from);
        prop_assert!(flows.contains(&down) || flows.contains(&up), "{:?} is no flow of {:?}", step, line);
    }
    Ok(())
}

fn compare(lines: &[pb::ImpactLine], case: &Case) -> Result<(), TestCaseError> {
    let flows = flows(case);
    let mut reached = Reached::default();
    for line in lines {
        match line.kind() {
            ImpactKind::Flow => {
                let ends = [&line.tenant, &line.provider, &line.r#type, &line.consumer].map(Clone::clone);
                let [of, by, what, to] = ends;
                prop_assert!(reached.flows.insert((of, by, what, to), line.distance).is_none());
                check_path(line, &flows)?;
            }
            ImpactKind::System => {
                prop_assert!(reached.systems.insert(line.id.clone(), line.distance).is_none());
                check_path(line, &flows)?;
            }
            _ => {}
        }
    }
    let mut expected = model(case);
    if let Root::System(root) = case.root
        && expected.flows.is_empty()
        && reached.systems.is_empty()
    {
        // One that nobody among those asked about has to do with is not there at all.
        expected.systems.remove(&system(root));
    }
    prop_assert_eq!(reached, expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn the_walk_is_what_a_search_through_the_list_of_flows_finds(case in case()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let lines = runtime.block_on(folded(&case.happened, |reader| answer(reader, &case)))?;
        compare(&lines, &case)?;
    }
}

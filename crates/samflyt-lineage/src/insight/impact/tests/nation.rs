//! How long the analysis takes for a nation, on a store that the fold made.
//! `cargo test --release -p samflyt-lineage nation -- --ignored --nocapture`

use std::time::{Duration, Instant};

use samflyt_events::catalogue::{Catalogue, Resource};
use samflyt_events::{SystemId, TenantId};
use samflyt_proto::lineage::ImpactKind;

use super::super::draft;
use super::super::page::{KINDS, Token, Wanted};
use super::super::question::{Question, Subject, milliseconds};
use super::model::agreed;
use super::world::{Happened, at, catalogue, folded};
use crate::graph::Begin;
use crate::reader::{Period, Reader};
use crate::walk::Extent;

const TENANTS: usize = 357;
const SYSTEMS: usize = 150;
/// Of each municipality: half a million together.
const EVENTS: usize = 1_400;
const AGREEMENTS: usize = 1_120;

/// Numbers that look drawn at random, and are the same each time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

fn happened() -> Vec<Happened> {
    let mut draw = Draw(7);
    let mut happened: Vec<Happened> = Vec::with_capacity(TENANTS * EVENTS);
    // Round by round, so that by any moment each has as much.
    for round in 0..EVENTS {
        for tenant in 0..TENANTS {
            let system = draw.below(SYSTEMS);
            let cause = (round > 0).then(|| draw.below(round) * TENANTS + tenant);
            happened.push(Happened {
                tenant: format!("t-{tenant}"),
                system: format!("t-{tenant}-s-{system}"),
                kind: format!("case.k-{}", system * 10 + draw.below(10)),
                cause,
            });
        }
    }
    happened
}

fn house() -> Catalogue {
    let mut draw = Draw(9);
    let mut systems = Vec::new();
    let mut agreements: Vec<Resource> = Vec::new();
    for tenant in 0..TENANTS {
        let id = |system: usize| format!("t-{tenant}-s-{system}");
        systems.extend((0..SYSTEMS).map(|n| (id(n), format!("t-{tenant}"), format!("product-{n}"))));
        for at in 0..AGREEMENTS {
            let provider = draw.below(SYSTEMS);
            let kind = format!("case.k-{}", provider * 10 + draw.below(10));
            let ends = (id(provider), id(draw.below(SYSTEMS)));
            agreements.push(agreed(at, &format!("t-{tenant}"), &ends.0, &kind, &ends.1));
        }
    }
    catalogue(&systems, agreements)
}

fn question(subject: Subject, tenants: usize, depth: u32, as_of: Option<usize>) -> Question {
    let mut wanted = Wanted::none();
    KINDS.into_iter().for_each(|kind| wanted.add(kind));
    let moment = as_of.map(at);
    let mut tenants: Vec<TenantId> =
        (0..tenants).map(|tenant| TenantId::new(&format!("t-{tenant}")).unwrap()).collect();
    tenants.sort_unstable();
    Question {
        tenants,
        subject,
        action: Default::default(),
        substitute: None,
        depth,
        moment,
        on: at(0).date(),
        seen_ms: moment.map_or(u64::MAX, milliseconds),
        wanted,
        page_size: 1_000,
        after: None,
    }
}

/// Asks three times, and gives the fastest.
fn timed(title: &str, reader: &Reader, catalogue: &Catalogue, question: &mut Question) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        let answer = draft(reader, catalogue, question, 0).unwrap_or_else(|refusal| panic!("{refusal}"));
        let took = began.elapsed();
        best = best.min(took);
        let lines: u64 = answer.counts.iter().map(|count| count.lines).sum();
        let flows = answer.counts.iter().find(|count| count.kind() == ImpactKind::Flow).unwrap().lines;
        println!("{title}: {took:.1?}, {lines} lines, {flows} of them flows");
        question.after = answer.next.and_then(|token| Token::parse(&token.text()).unwrap());
    }
    best
}

fn graphs(reader: &Reader) {
    let tenants = (0..TENANTS).map(|tenant| TenantId::new(&format!("t-{tenant}")).unwrap());
    let streams = reader.streams(tenants).unwrap();
    let extent = Extent { upstream: true, downstream: true, depth: 5, edges_max: 1_000 };
    for (title, seen_ms) in [("now", u64::MAX), ("as of half", milliseconds(at(TENANTS * EVENTS / 2)))] {
        let mut took: Vec<Duration> = (0..200)
            .map(|n| {
                let system = reader.number(&format!("t-{n}-s-{}", n % SYSTEMS)).unwrap().unwrap_or(1);
                let began = Instant::now();
                let period = Period { seen_ms, ..Period::ALL };
                let graph = reader.graph(&streams, &Begin::System(system), period, &extent).unwrap();
                assert!(graph.edges.len() <= 1_000);
                began.elapsed()
            })
            .collect();
        took.sort_unstable();
        println!("graph, depth 5, 1,000 edges, {title}: p50 {:.1?}, p99 {:.1?}", took[100], took[198]);
    }
}

#[test]
#[ignore = "a minute, and only in release"]
fn the_most_used_product_of_a_nation_is_analysed_within_a_second() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (happened, catalogue) = (happened(), house());
    println!("{} events", happened.len());
    let began = Instant::now();
    runtime.block_on(folded(&happened, |reader| {
        println!("folded in {:.1?}", began.elapsed());
        let product = || Subject::Product("product-0".to_owned());
        let nation = timed("nation", reader, &catalogue, &mut question(product(), TENANTS, u32::MAX, None));
        let half = TENANTS * EVENTS / 2;
        timed(
            "nation, as of half",
            reader,
            &catalogue,
            &mut question(product(), TENANTS, u32::MAX, Some(half)),
        );
        timed("nation, depth 1", reader, &catalogue, &mut question(product(), TENANTS, 1, None));
        for tenants in [1, 36, 119] {
            let mut question = question(product(), tenants, u32::MAX, None);
            timed(&format!("{tenants} municipalities"), reader, &catalogue, &mut question);
        }
        let system = || Subject::System(SystemId::new("t-5-s-3").unwrap());
        timed(
            "one system of the nation",
            reader,
            &catalogue,
            &mut question(system(), TENANTS, u32::MAX, None),
        );
        timed("one system, depth 1", reader, &catalogue, &mut question(system(), TENANTS, 1, None));
        graphs(reader);
        assert!(nation < Duration::from_secs(1), "{nation:?}");
    }));
}

//! The flow graph from a system to depth 5: asked of the whole nation, and of one municipality; now, and as of last year.

use std::collections::BTreeMap;
use std::time::Instant;

use samflyt_proto::lineage::GetFlowGraphRequest;
use samflyt_proto::lineage::get_flow_graph_request::Start;
use samflyt_runtime::refused::timestamp;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::sample::Asked;
use crate::bench::quantile;
use crate::client::Client;

const DEPTH: u32 = 5;
/// Answers are put together by size: up to so many edges.
const CLASSES: [usize; 4] = [10, 100, 300, 1_000];
/// An answer of more is cut off.
const EDGES_MAX: u32 = 1_000;

/// An answer: its edges (cut off: more than a class holds), and what it took.
struct Took {
    edges: usize,
    ms: f64,
}

pub(super) async fn measure(
    client: &Client,
    asked: &[Asked],
    last_year: OffsetDateTime,
) -> anyhow::Result<Value> {
    // Once for nothing: pages, caches.
    for of in asked.iter().take(20) {
        ask(client, of, true, None).await?;
    }
    let mut report = json!({"depth": DEPTH, "p99_target_ms": 10.0, "as_of_target_ratio": 2.0});
    for (name, nation) in [("of_the_nation", true), ("of_one_municipality", false)] {
        let (mut now, mut then, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for of in asked {
            let present = ask(client, of, nation, None).await?;
            let past = ask(client, of, nation, Some(last_year)).await?;
            ratios.push(past.ms / present.ms);
            now.push(present);
            then.push(past);
        }
        report[name] = json!({
            "now": by_class(&now),
            "as_of_last_year": by_class(&then),
            "as_of_ratio": {"p50": quantile(&mut ratios, 0.5), "p90": quantile(&mut ratios, 0.9)},
        });
    }
    Ok(report)
}

async fn ask(
    client: &Client,
    asked: &Asked,
    nation: bool,
    as_of: Option<OffsetDateTime>,
) -> anyhow::Result<Took> {
    let request = GetFlowGraphRequest {
        tenants: if nation { Vec::new() } else { vec![asked.tenant.clone()] },
        start: Some(Start::System(asked.system.clone())),
        depth: DEPTH,
        edges_max: EDGES_MAX,
        as_of: as_of.map(timestamp),
        ..Default::default()
    };
    let since = Instant::now();
    let graph = client.lineage().get_flow_graph(request).await?.into_inner();
    let ms = since.elapsed().as_secs_f64() * 1e3;
    let cut = graph.completeness.is_some_and(|completeness| completeness.truncated);
    Ok(Took { edges: if cut { usize::MAX } else { graph.edges.len() }, ms })
}

fn by_class(answers: &[Took]) -> Value {
    let mut classes: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for answer in answers {
        let class = CLASSES.iter().position(|most| answer.edges <= *most).unwrap_or(CLASSES.len());
        classes.entry(class).or_default().push(answer.ms);
    }
    let name = |class: usize| match CLASSES.get(class) {
        Some(most) => format!("up_to_{most}_edges"),
        None => "cut_off_at_1000".to_owned(),
    };
    let each = classes.into_iter().map(|(class, mut ms)| {
        let figures = json!({
            "answers": ms.len(),
            "p50_ms": quantile(&mut ms, 0.5),
            "p99_ms": quantile(&mut ms, 0.99),
        });
        (name(class), figures)
    });
    Value::Object(each.collect())
}

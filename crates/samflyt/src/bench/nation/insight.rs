//! Impact, drift and collected twice: of one municipality, and of the nation as it streams.

use std::time::Instant;

use samflyt_proto::lineage::{
    AnalyzeImpactRequest, FindCollectedTwiceRequest, FindDriftRequest, ImpactAction,
    analyze_impact_request::Subject,
};
use serde_json::{Value, json};
use tonic::{Status, Streaming};

use super::sample::Sample;
use crate::bench::quantile;
use crate::client::Client;

const PAGE: u32 = 1_000;
/// So many pages are fetched: each costs what the first does, and `counts` tells of the whole.
const PAGES_MAX: usize = 5;

pub(super) async fn measure(client: &Client, sample: &Sample) -> Value {
    let impact = |depth| impact(client, sample, depth);
    json!({
        "impact_of_the_most_used_product": {
            "installations": sample.installations,
            "first_page_target_ms": 1_000.0,
            "to_the_end": or_why(impact(0).await),
            "one_system_away": or_why(impact(1).await),
        },
        "drift": or_why(drift(client, sample).await),
        "collected_twice": or_why(collected_twice(client, sample).await),
    })
}

/// What could not be measured says why, and the rest is measured.
fn or_why(measured: Result<Value, Status>) -> Value {
    measured.unwrap_or_else(|status| json!({"not_measured": status.message()}))
}

async fn impact(client: &Client, sample: &Sample, depth: u32) -> Result<Value, Status> {
    let mut request = AnalyzeImpactRequest {
        subject: Some(Subject::Product(sample.product.clone())),
        action: ImpactAction::Replace.into(),
        depth,
        page_size: PAGE,
        ..Default::default()
    };
    let since = Instant::now();
    let (mut pages, mut lines, mut first_ms, mut counts) = (0, 0, None, serde_json::Map::new());
    loop {
        let page = client.insight().analyze_impact(request.clone()).await?.into_inner();
        if first_ms.is_none() {
            first_ms = Some(ms(since));
            counts.extend(page.counts.iter().map(|of| (of.kind().as_str_name().to_owned(), of.lines.into())));
        }
        pages += 1;
        lines += page.lines.len();
        if page.next_page_token.is_empty() || pages == PAGES_MAX {
            return Ok(json!({
                "first_page_ms": first_ms,
                "pages_ms": ms(since),
                "pages": pages,
                "lines": lines,
                "counts": counts,
            }));
        }
        request.page_token = page.next_page_token;
    }
}

async fn drift(client: &Client, sample: &Sample) -> Result<Value, Status> {
    let mut of_one = Vec::new();
    for tenant in &sample.tenants {
        let request = FindDriftRequest { tenants: vec![tenant.clone()], ..Default::default() };
        let since = Instant::now();
        let stream = client.insight().find_drift(request).await?.into_inner();
        let (_, rows) = rows(stream, |message| message.drifts.len()).await?;
        of_one.push((ms(since), rows));
    }
    let since = Instant::now();
    let stream = client.insight().find_drift(FindDriftRequest::default()).await?.into_inner();
    let (first, all) = rows(stream, |message| message.drifts.len()).await?;
    Ok(report(of_one, first.map(|first| (first - since).as_secs_f64() * 1e3), ms(since), all))
}

async fn collected_twice(client: &Client, sample: &Sample) -> Result<Value, Status> {
    let mut of_one = Vec::new();
    for tenant in &sample.tenants {
        let request = FindCollectedTwiceRequest { tenants: vec![tenant.clone()], ..Default::default() };
        let since = Instant::now();
        let stream = client.insight().find_collected_twice(request).await?.into_inner();
        let (_, rows) = rows(stream, |message| message.collected.len()).await?;
        of_one.push((ms(since), rows));
    }
    let since = Instant::now();
    let request = FindCollectedTwiceRequest::default();
    let stream = client.insight().find_collected_twice(request).await?.into_inner();
    let (first, all) = rows(stream, |message| message.collected.len()).await?;
    Ok(report(of_one, first.map(|first| (first - since).as_secs_f64() * 1e3), ms(since), all))
}

fn report(of_one: Vec<(f64, usize)>, first_row_ms: Option<f64>, all_ms: f64, all_rows: usize) -> Value {
    let rows: usize = of_one.iter().map(|(_, rows)| rows).sum();
    let mut took: Vec<f64> = of_one.iter().map(|(ms, _)| *ms).collect();
    json!({
        "of_one_municipality": {
            "asked": took.len(),
            "rows_on_average": rows / took.len().max(1),
            "p50_ms": quantile(&mut took, 0.5),
            "p99_ms": quantile(&mut took, 0.99),
            "p99_target_ms": 50.0,
        },
        "of_the_nation": {
            "first_row_ms": first_row_ms,
            "first_row_target_ms": 100.0,
            "all_rows_ms": all_ms,
            "rows": all_rows,
        },
    })
}

/// When the first row came, and how many came.
async fn rows<M>(
    mut stream: Streaming<M>,
    count: impl Fn(&M) -> usize,
) -> Result<(Option<Instant>, usize), Status> {
    let (mut first, mut all) = (None, 0);
    while let Some(message) = stream.message().await? {
        let rows = count(&message);
        if rows > 0 && first.is_none() {
            first = Some(Instant::now());
        }
        all += rows;
    }
    Ok((first, all))
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

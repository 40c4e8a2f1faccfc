//! Loading the catalogue: through the API, as anybody would.

use anyhow::Context;
use futures::{StreamExt, TryStreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use samflyt_events::catalogue::Kind;
use samflyt_proto::registry as pb;
use serde_json::Value;

use super::{Declared, House};
use crate::client::Client;

const REASON: &str = "the demo";
/// How many calls are under way at once.
const AT_ONCE: usize = 16;

/// Describes all of it. What names another comes after it.
pub(in crate::demo) async fn put(operator: &Client, house: &House) -> anyhow::Result<()> {
    let style = ProgressStyle::with_template("Describing the house  {bar:40} {pos}/{len} documents")?;
    let progress = ProgressBar::new(house.calls() as u64).with_style(style);
    let since = std::time::Instant::now();
    for (kind, documents) in &house.documents {
        if *kind == Kind::System {
            adopt(operator, house).await?;
        }
        describe(operator, *kind, documents, &progress).await?;
    }
    let declaring = futures::stream::iter(&house.agreements).map(|of| declare(operator, of, &progress));
    declaring.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    describe(operator, Kind::Change, &house.changes, &progress).await?;
    progress.finish_and_clear();
    let counts = house.documents.iter().map(|(kind, documents)| counted(documents.len(), *kind));
    let rest = [counted(house.agreements.len(), Kind::Agreement), counted(house.changes.len(), Kind::Change)];
    println!(
        "Described the house in {:.1} s: {}",
        since.elapsed().as_secs_f64(),
        counts.chain(rest).collect::<Vec<_>>().join(", ")
    );
    Ok(())
}

fn counted(count: usize, kind: Kind) -> String {
    let name = kind.as_str();
    match (count, name.strip_suffix("ss")) {
        (1, _) => format!("1 {name}"),
        (_, Some(_)) => format!("{count} {name}es"),
        _ => format!("{count} {name}s"),
    }
}

/// A municipality takes over what its neighbours have described, with one call.
async fn adopt(operator: &Client, house: &House) -> anyhow::Result<()> {
    let request = pb::AdoptProductRequest {
        tenant: house.adopted.tenant.to_string(),
        product: house.adopted.product.clone(),
        reason: REASON.to_owned(),
        ..Default::default()
    };
    operator.catalogue().adopt_product(request).await?;
    Ok(())
}

async fn describe(
    operator: &Client,
    kind: Kind,
    documents: &[Value],
    progress: &ProgressBar,
) -> anyhow::Result<()> {
    let putting =
        futures::stream::iter(documents).map(|document| describe_one(operator, kind, document, progress));
    putting.buffer_unordered(AT_ONCE).try_collect().await
}

async fn describe_one(
    operator: &Client,
    kind: Kind,
    document: &Value,
    progress: &ProgressBar,
) -> anyhow::Result<()> {
    let named = resource_kind(kind).context("a kind that is described by a document")?;
    let request = pb::PutResourceRequest {
        kind: named.into(),
        document: document.to_string().into_bytes(),
        reason: REASON.to_owned(),
        expected_revision: 0,
    };
    let put = operator.catalogue().put_resource(request).await;
    put.with_context(|| format!("{} {document}", kind.as_str()))?;
    progress.inc(1);
    Ok(())
}

/// Drafts, approves, ends.
async fn declare(operator: &Client, declared: &Declared, progress: &ProgressBar) -> anyhow::Result<()> {
    describe_one(operator, Kind::Agreement, &declared.document, progress).await?;
    let agreement = &declared.agreement;
    let (tenant, id) = (agreement.tenant.to_string(), agreement.id.to_string());
    if let Some(body) = &declared.approved_by {
        let request = pb::ApproveAgreementRequest {
            tenant: tenant.clone(),
            id: id.clone(),
            approved_by: body.clone(),
            on: agreement.valid_from.to_string(),
            reason: REASON.to_owned(),
        };
        operator.catalogue().approve_agreement(request).await?;
        progress.inc(1);
    }
    if let Some(on) = declared.ended_on {
        let (on, reason) = (on.to_string(), REASON.to_owned());
        operator.catalogue().end_agreement(pb::EndAgreementRequest { tenant, id, on, reason }).await?;
        progress.inc(1);
    }
    Ok(())
}

fn resource_kind(kind: Kind) -> Option<pb::ResourceKind> {
    pb::ResourceKind::from_str_name(&format!("RESOURCE_KIND_{}", kind.as_str().to_uppercase()))
}

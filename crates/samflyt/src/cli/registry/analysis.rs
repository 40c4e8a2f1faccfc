//! What a change would touch, as it goes on record: lineage's answer in short, with the log positions that it reflects.

use samflyt_proto::common::Position;
use samflyt_proto::lineage::analyze_impact_request::Subject;
use samflyt_proto::lineage::insight_service_client::InsightServiceClient;
use samflyt_proto::lineage::{
    AnalyzeImpactRequest, AnalyzeImpactResponse, ImpactAction, ImpactCount, ImpactKind, ImpactLine,
};
use samflyt_proto::registry as pb;
use samflyt_proto::registry::catalogue_service_client::CatalogueServiceClient;
use serde_json::{Map, Value, json};

use crate::cli::json::{completeness, data, time};
use crate::cli::output::plain;
use crate::cli::{Failure, show};
use crate::client::Authenticated;

/// How large the lines on record are together, in bytes: the log holds them for ever.
const LINES_BYTES_MAX: usize = 400 * 1024;

/// An analysis to be put on record.
pub(super) struct Analysis {
    pub answer: Value,
    pub positions: Vec<Position>,
}

pub(super) async fn make(
    catalogue: &mut CatalogueServiceClient<Authenticated>,
    insight: &mut InsightServiceClient<Authenticated>,
    tenant: &str,
    id: &str,
    lines: u32,
) -> anyhow::Result<Analysis> {
    let change = document(catalogue, pb::ResourceKind::Change, tenant, id).await?;
    let mut request = asked(&change["action"])?;
    if let Some(agreement) = change["action"]["agreement"].as_str() {
        // Whoever receives by it is touched, and all that comes after.
        let agreement = document(catalogue, pb::ResourceKind::Agreement, tenant, agreement).await?;
        request.subject =
            Some(Subject::System(agreement["consumer"].as_str().unwrap_or_default().to_owned()));
    }
    // A page of the smallest size even where no line is wanted: 0 would be the default size.
    request.page_size = lines.clamp(1, 10_000);
    let answer = insight.analyze_impact(request).await.map_err(Failure::from)?.into_inner();
    Ok(summary(&change["action"], &answer, lines))
}

async fn document(
    catalogue: &mut CatalogueServiceClient<Authenticated>,
    kind: pb::ResourceKind,
    tenant: &str,
    id: &str,
) -> anyhow::Result<Value> {
    let (tenant, id) = (tenant.to_owned(), id.to_owned());
    let request = pb::GetResourceRequest { kind: kind.into(), tenant, id, as_of: None };
    let answer = catalogue.get_resource(request).await.map_err(Failure::from)?.into_inner();
    Ok(data(&answer.resource.unwrap_or_default().document))
}

/// The question that an action comes to.
fn asked(action: &Value) -> anyhow::Result<AnalyzeImpactRequest> {
    let text = |name: &str| action[name].as_str().unwrap_or_default().to_owned();
    let of = |subject: Option<Subject>, action: ImpactAction| AnalyzeImpactRequest {
        subject,
        action: action.into(),
        ..AnalyzeImpactRequest::default()
    };
    let system = || Some(Subject::System(text("system")));
    Ok(match action["do"].as_str().unwrap_or_default() {
        "replace" => AnalyzeImpactRequest { substitute: text("by"), ..of(system(), ImpactAction::Replace) },
        "retire" => of(system(), ImpactAction::Retire),
        "upgrade" => of(system(), ImpactAction::Upgrade),
        "acquire" => of(Some(Subject::Product(text("product"))), ImpactAction::Unspecified),
        "change-contract" => of(Some(Subject::Contract(text("type"))), ImpactAction::Unspecified),
        "change-agreement" => of(None, ImpactAction::Unspecified),
        other => {
            anyhow::bail!("this program does not know the action `{other}`: take the hub's own version of it")
        }
    })
}

fn summary(action: &Value, answer: &AnalyzeImpactResponse, lines_max: u32) -> Analysis {
    let mut bytes = 0;
    let mut lines = Vec::new();
    for line in answer.lines.iter().take(lines_max as usize) {
        let value = line_json(line);
        bytes += value.to_string().len();
        if bytes > LINES_BYTES_MAX {
            break;
        }
        lines.push(value);
    }
    let all: u64 = answer.counts.iter().map(|count| count.lines).sum();
    let count = |count: &ImpactCount| (kind_name(count.kind()), json!(count.lines));
    let value = json!({
        "asked": action,
        "counts": answer.counts.iter().map(count).collect::<Map<_, _>>(),
        "lines_left_out": all.saturating_sub(lines.len() as u64),
        "lines": lines,
        "completeness": completeness(answer.completeness.as_ref()),
    });
    let positions = answer.completeness.as_ref().map(|of| of.positions.clone()).unwrap_or_default();
    Analysis { answer: value, positions }
}

fn kind_name(kind: ImpactKind) -> String {
    kind.as_str_name().trim_start_matches("IMPACT_KIND_").to_lowercase().replace('_', "-")
}

fn line_json(line: &ImpactLine) -> Value {
    json!({
        "kind": kind_name(line.kind()),
        "tenant": line.tenant,
        "id": line.id,
        "name": line.name,
        "distance": line.distance,
        "path": line.path,
        "provider": line.provider,
        "type": line.r#type,
        "consumer": line.consumer,
        "events": line.events,
        "last_seen": time(line.last_seen.as_ref()),
        "note": line.note,
    })
}

/// What a change was analysed to touch, in a line or two; empty before it is analysed.
pub(super) fn render(document: &[u8]) -> String {
    let analysis = &data(document)["analysis"];
    let Some(counts) = analysis["answer"]["counts"].as_object() else { return String::new() };
    let count = |(kind, lines): (&String, &Value)| {
        format!("{} {}", show::number(lines.as_u64().unwrap_or(0)), plain(&kind.replace('-', " ")))
    };
    let touched: Vec<String> = counts.iter().filter(|(_, lines)| **lines != 0).map(count).collect();
    let touched = if touched.is_empty() { "nothing".to_owned() } else { touched.join(", ") };
    let positions = analysis["positions"].as_object().into_iter().flatten();
    let places: Vec<String> = positions.map(|(stream, at)| plain(&format!("{stream} {at}"))).collect();
    format!("touches: {touched}\nas of {}\n", places.join(", "))
}

#[cfg(test)]
mod tests {
    use samflyt_proto::common::Completeness;

    use super::*;

    #[test]
    fn each_action_comes_to_its_question() {
        let replace = asked(&json!({"do": "replace", "system": "a", "by": "b"})).unwrap();
        assert_eq!(replace.subject, Some(Subject::System("a".to_owned())));
        assert_eq!((replace.action(), replace.substitute.as_str()), (ImpactAction::Replace, "b"));
        let contract =
            asked(&json!({"do": "change-contract", "type": "case.opened", "version": "2.0"})).unwrap();
        assert_eq!(contract.subject, Some(Subject::Contract("case.opened".to_owned())));
        let acquire = asked(&json!({"do": "acquire", "product": "p"})).unwrap();
        assert_eq!(acquire.subject, Some(Subject::Product("p".to_owned())));
        assert!(asked(&json!({"do": "burn"})).is_err());
    }

    #[test]
    fn what_goes_on_record_has_all_counts_and_says_how_many_lines_it_left_out() {
        let line =
            ImpactLine { kind: ImpactKind::System.into(), id: "x".to_owned(), ..ImpactLine::default() };
        let position = Position { stream: "EVENTS_seljord".to_owned(), sequence: 7, ..Position::default() };
        let answer = AnalyzeImpactResponse {
            counts: vec![ImpactCount { kind: ImpactKind::ArchiveDuty.into(), lines: 9 }],
            lines: vec![line.clone(), line],
            completeness: Some(Completeness { positions: vec![position], ..Completeness::default() }),
            ..AnalyzeImpactResponse::default()
        };
        let found = summary(&json!({"do": "retire"}), &answer, 1);
        assert_eq!(found.answer["counts"]["archive-duty"], 9);
        assert_eq!(found.answer["lines"].as_array().unwrap().len(), 1);
        assert_eq!(found.answer["lines_left_out"], 8);
        assert_eq!(found.positions[0].sequence, 7);
        let recorded = json!({"analysis": {"answer": found.answer, "positions": {"EVENTS_seljord": 7}}});
        let text = render(recorded.to_string().as_bytes());
        assert_eq!(text, "touches: 9 archive duty\nas of EVENTS_seljord 7\n");
    }
}

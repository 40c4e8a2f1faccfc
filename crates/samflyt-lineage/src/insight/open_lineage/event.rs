//! The events of a flow: for each day that it was seen, one run begins with the day's first event and ends with its last.

use samflyt_events::catalogue::{Agreement, Catalogue};
use samflyt_events::{EventType, SystemId};
use samflyt_projection::StoreError;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::dataset::Known;
use super::days;
use super::facet::{PRODUCER, documentation, legal_basis, ownership, standard};
use super::flow::{ObservedFlow, namespace};
use crate::projections::keys::NOBODY;
use crate::projections::values::Totals;
use crate::reader::{Period, Reader, Streams};

const RUN_EVENT: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

/// Every event of a flow in a period, JSON, in the order of time.
pub(super) fn of_flow(
    reader: &Reader,
    catalogue: &Catalogue,
    flow: &ObservedFlow,
    period: Period,
) -> Result<Vec<String>, StoreError> {
    let published = published_by(reader, flow)?;
    let mut events = Vec::new();
    for (day, totals) in days::of_flow(reader, &flow.key, period)? {
        let begin = OffsetDateTime::UNIX_EPOCH + Duration::days(i64::from(day));
        let end = begin + Duration::days(1);
        let known = Known { catalogue, moment: Some(end), tenant: &flow.tenant };
        let job = job(&known, flow, begin);
        let run = json!({
            "runId": flow.run_id(day),
            "facets": {"nominalTime": standard("1-0-1", "NominalTimeRunFacet", json!({
                "nominalStartTime": text(begin), "nominalEndTime": text(end),
            }))},
        });
        let (inputs, outputs) = datasets(&known, flow, &published, totals);
        for (kind, at_ms) in [("START", totals.first_ms), ("COMPLETE", totals.last_ms)] {
            let event = json!({
                "eventType": kind,
                "eventTime": text(moment(at_ms)),
                "producer": PRODUCER,
                "schemaURL": RUN_EVENT,
                "run": run,
                "job": job,
                "inputs": inputs,
                "outputs": outputs,
            });
            events.push(event.to_string());
        }
    }
    Ok(events)
}

fn text(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap_or_default()
}

fn moment(at_ms: u64) -> OffsetDateTime {
    let since = Duration::milliseconds(i64::try_from(at_ms).unwrap_or(i64::MAX));
    OffsetDateTime::UNIX_EPOCH.checked_add(since).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// What the consumer itself publishes in the municipality.
fn published_by(reader: &Reader, flow: &ObservedFlow) -> Result<Vec<EventType>, StoreError> {
    if flow.consumer.is_none() {
        return Ok(Vec::new());
    }
    let streams = Streams::from([(flow.key.stream, flow.tenant.clone())]);
    let mut kinds = Vec::new();
    for (key, _) in reader.flows_of(flow.key.consumer, &streams)? {
        if key.consumer == NOBODY {
            kinds.extend(EventType::new(&reader.name(key.kind)?).ok());
        }
    }
    kinds.sort();
    Ok(kinds)
}

fn job(known: &Known<'_>, flow: &ObservedFlow, day: OffsetDateTime) -> Value {
    let system = flow.consumer.as_ref().unwrap_or(&flow.provider);
    let description = match &flow.consumer {
        None => format!("{system} publishes {}", flow.kind),
        Some(_) => format!("{system} handles {} of {}", flow.kind, flow.provider),
    };
    let mut facets = Map::new();
    facets.insert("documentation".to_owned(), documentation("Job", &description));
    facets.insert(
        "jobType".to_owned(),
        standard(
            "2-0-4",
            "JobTypeJobFacet",
            json!({"processingType": "STREAMING", "integration": "SAMFLYT", "jobType": "FLOW"}),
        ),
    );
    let owners = known.owners(system);
    if !owners.is_empty() {
        facets.insert("ownership".to_owned(), ownership("Job", &owners));
    }
    if let Some(consumer) = &flow.consumer {
        let agreement = agreement(known, flow, consumer, day);
        facets.insert("samflyt_legalBasis".to_owned(), declared(agreement));
    }
    json!({"namespace": namespace(&flow.tenant), "name": flow.job(), "facets": facets})
}

/// The agreement that allowed the flow on a day, as it was known at its end.
fn agreement<'c>(
    known: &'c Known<'_>,
    flow: &ObservedFlow,
    consumer: &SystemId,
    day: OffsetDateTime,
) -> Option<&'c Agreement> {
    let mut agreements = known.catalogue.agreements().of(known.tenant, known.moment).map(AsRef::as_ref);
    agreements.find(|agreement| {
        agreement.provider == flow.provider
            && agreement.consumer == *consumer
            && agreement.types.contains(&flow.kind)
            && agreement.is_in_force(day.date())
    })
}

/// A flow that nobody has agreed to says so.
fn declared(agreement: Option<&Agreement>) -> Value {
    let members = match agreement {
        None => json!({"declared": false}),
        Some(agreement) => json!({
            "declared": true,
            "agreement": agreement.id,
            "gdpr": agreement.legal_basis.gdpr,
            "law": agreement.legal_basis.law,
            "purpose": agreement.purpose,
        }),
    };
    legal_basis("LegalBasisJobFacet", members)
}

fn datasets(
    known: &Known<'_>,
    flow: &ObservedFlow,
    published: &[EventType],
    totals: Totals,
) -> (Vec<Value>, Vec<Value>) {
    let mut own = known.dataset(&flow.provider, &flow.kind);
    let Some(consumer) = &flow.consumer else {
        let counted = json!({"rowCount": totals.events});
        own["outputFacets"] = json!({
            "outputStatistics": standard("1-0-2", "OutputStatisticsOutputDatasetFacet", counted),
        });
        return (Vec::new(), vec![own]);
    };
    let outputs = published.iter().filter_map(|kind| {
        let lineage = known.column_lineage((&flow.provider, &flow.kind), kind)?;
        let mut dataset = known.dataset(consumer, kind);
        dataset["facets"]["columnLineage"] = lineage;
        Some(dataset)
    });
    let outputs = outputs.collect();
    own["inputFacets"] = json!({
        "inputStatistics": standard("1-0-0", "InputStatisticsInputDatasetFacet", json!({"rowCount": totals.events})),
    });
    (vec![own], outputs)
}

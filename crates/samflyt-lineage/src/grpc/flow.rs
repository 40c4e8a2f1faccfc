//! A flow as a message, with what its contract says of it.

use samflyt_events::EventType;
use samflyt_events::catalogue::{AsOf, Catalogue};
use samflyt_projection::StoreError;
use samflyt_proto::lineage as pb;

use crate::answer::moment;
use crate::projections::keys::FlowKey;
use crate::projections::values::Totals;
use crate::reader::{Reader, Streams};

pub(crate) fn message(
    reader: &Reader,
    streams: &Streams,
    (catalogue, as_of): (&Catalogue, AsOf),
    key: FlowKey,
    totals: Totals,
) -> Result<pb::Flow, StoreError> {
    let kind = reader.name(key.kind)?;
    let contract = EventType::new(&kind).ok().and_then(|kind| catalogue.contract_at(&kind, as_of).cloned());
    let contract = contract.as_ref().map(|entry| &entry.compiled.contract);
    Ok(pb::Flow {
        tenant: streams.get(&key.stream).map(ToString::to_string).unwrap_or_default(),
        provider: reader.name(key.provider)?,
        r#type: kind,
        consumer: reader.name(key.consumer)?,
        events: totals.events,
        first_seen: Some(moment(totals.first_ms)),
        last_seen: Some(moment(totals.last_ms)),
        legal_basis: contract.map(|contract| contract.legal_basis.to_string()).unwrap_or_default(),
        purpose: contract.map(|contract| contract.purpose.clone()).unwrap_or_default(),
        classification: contract
            .map(|contract| contract.classification.as_str().to_owned())
            .unwrap_or_default(),
        received: false,
    })
}

/// The order of lists: the same after a rebuild.
pub(crate) fn order(flow: &pb::Flow) -> [&str; 4] {
    [&flow.tenant, &flow.provider, &flow.r#type, &flow.consumer]
}

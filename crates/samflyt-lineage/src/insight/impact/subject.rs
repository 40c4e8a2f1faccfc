//! What the analysis begins with: the systems that are meant, in each municipality that has to do with them.

use std::collections::BTreeSet;

use samflyt_events::catalogue::{AsOf, Catalogue};
use samflyt_events::{EventType, Refusal, SystemId, TenantId};
use samflyt_projection::StoreError;

use super::question::{Question, Subject};
use super::sources::Sources;
use crate::answer::{not_found, store_failed};
use crate::projections::keys::Number;
use crate::walk::{Node, Start};

/// Where the walk begins.
///
/// # Errors
/// `NOT_FOUND` for a subject that nobody among the municipalities asked about has ever had to do with.
pub(super) fn start(question: &Question, sources: &mut Sources<'_>) -> Result<Start, Refusal> {
    let begun = begin(question, sources, question.moment, question.seen_ms).map_err(store_failed)?;
    let is_empty = |start: &Start| match start {
        Start::Systems(nodes) | Start::Kind(_, nodes) => nodes.is_empty(),
    };
    let known = match &question.subject {
        Subject::System(_) => false,
        Subject::Product(id) => sources.declared.catalogue.product(id, None).is_some(),
        Subject::Contract(kind) => sources.declared.catalogue.versions(kind).next().is_some(),
    };
    if is_empty(&begun)
        && !known
        && is_empty(&begin(question, sources, None, u64::MAX).map_err(store_failed)?)
    {
        return Err(not_found(match question.subject {
            Subject::System(_) => "system",
            Subject::Product(_) => "product",
            Subject::Contract(_) => "event type",
        }));
    }
    Ok(begun)
}

fn begin(
    question: &Question,
    sources: &mut Sources<'_>,
    moment: AsOf,
    seen_ms: u64,
) -> Result<Start, StoreError> {
    let catalogue = sources.declared.catalogue;
    let mut nodes = BTreeSet::new();
    match &question.subject {
        Subject::System(id) => of_system(sources, id, moment, seen_ms, &mut nodes)?,
        Subject::Product(product) => {
            let used = sources.places.tenants.iter().flat_map(|tenant| catalogue.systems_of(tenant, moment));
            let installed = used.filter(|system| system.product == *product).map(|system| &system.id);
            for system in installed.collect::<BTreeSet<_>>() {
                of_system(sources, system, moment, seen_ms, &mut nodes)?;
            }
        }
        Subject::Contract(kind) => {
            let number = of_kind(sources, kind, seen_ms, &mut nodes)?;
            return Ok(Start::Kind(number, nodes.into_iter().collect()));
        }
    }
    Ok(Start::Systems(nodes.into_iter().collect()))
}

/// A system in every municipality that uses it, or has flows of it.
fn of_system(
    sources: &mut Sources<'_>,
    id: &SystemId,
    moment: AsOf,
    seen_ms: u64,
    nodes: &mut BTreeSet<Node>,
) -> Result<(), StoreError> {
    let system = sources.names.number(id.as_str())?;
    let places = sources.places;
    let mut meet = |place: Option<u32>| nodes.extend(place.map(|place| Node { place, system }));
    for (key, totals) in sources.reader.flows_of(system, &places.streams)? {
        if totals.first_ms <= seen_ms {
            meet(places.place_of_stream(key.stream));
        }
    }
    for (key, since_ms) in sources.reader.used_by(system, &places.streams)? {
        if since_ms <= seen_ms {
            meet(places.place_of_stream(key.stream));
        }
    }
    for tenant in users(sources.declared.catalogue, id, moment) {
        meet(places.place_of(&tenant));
    }
    Ok(())
}

/// Whoever publishes a type, or has agreed to.
fn of_kind(
    sources: &mut Sources<'_>,
    kind: &EventType,
    seen_ms: u64,
    nodes: &mut BTreeSet<Node>,
) -> Result<Number, StoreError> {
    let number = sources.names.number(kind.as_str())?;
    let places = sources.places;
    for (stream, system) in sources.reader.providers_of(number, &places.streams)? {
        let first_ms = sources.reader.published_since(stream, system, number)?;
        if first_ms.is_some_and(|first_ms| first_ms <= seen_ms) {
            nodes.extend(places.place_of_stream(stream).map(|place| Node { place, system }));
        }
    }
    for place in 0..places.tenants.len() as u32 {
        for agreement in sources.declared.standing(place).filter(|agreement| agreement.types.contains(kind)) {
            nodes.insert(Node { place, system: sources.names.number(agreement.provider.as_str())? });
        }
    }
    Ok(number)
}

/// Those who used a system at a moment.
pub(super) fn users(catalogue: &Catalogue, id: &SystemId, moment: AsOf) -> BTreeSet<TenantId> {
    catalogue.system_at(id, moment).map(|system| catalogue.users_at(system, moment)).unwrap_or_default()
}

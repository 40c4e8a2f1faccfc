//! What contracts and agreements say of what was touched: agreements to renew, archive duties, personal data, zones.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use samflyt_events::Contract;
use samflyt_events::contract::ArchiveDuty;
use samflyt_projection::StoreError;
use samflyt_proto::lineage::ImpactKind;

use super::analysis::{Analysis, Reached};
use super::house::NearestByKind;
use super::substitute;
use super::things::Things;
use crate::projections::keys::Number;
use crate::walk::Edge;

/// The agreements that the subject is a party of, but for those that the substitute has already.
pub(super) fn agreements(analysis: &mut Analysis<'_>, things: &mut Things) -> Result<(), StoreError> {
    let mut ends: HashMap<(u32, u32), u32> = HashMap::new();
    for at in &analysis.around {
        let edge = analysis.edge(*at);
        let best = ends.entry((edge.provider, edge.consumer)).or_insert(*at);
        if analysis.edge_key(0, edge) < analysis.edge_key(0, analysis.edge(*best)) {
            *best = *at;
        }
    }
    let type_name = analysis.walked.kind.map(|kind| analysis.kind(kind));
    for at in analysis.walked.start.clone() {
        let party = analysis.walked.met[at as usize].node;
        let sources = &mut analysis.sources;
        for agreement in sources.declared.of(&mut sources.names, party)? {
            let is_meant = |name: &Arc<str>| agreement.types.iter().any(|own| *own.as_str() == **name);
            if !type_name.as_ref().is_none_or(is_meant) || substitute::has(analysis, agreement, party)? {
                continue;
            }
            let provider = analysis.met(party.place, &agreement.provider)?;
            let consumer = analysis.met(party.place, &agreement.consumer)?;
            let (Some(provider), Some(consumer)) = (provider, consumer) else { continue };
            let Some(edge) = ends.get(&(provider, consumer)).copied() else { continue };
            let id = agreement.id.as_str().into();
            things.meet(analysis, ImpactKind::Agreement, party.place, id, Reached::Edge(edge));
        }
    }
    Ok(())
}

/// The types that the subject publishes, whose affairs have to reach the archive: the system, and the type.
pub(super) fn archive(analysis: &mut Analysis<'_>) -> Result<Vec<(u32, Number)>, StoreError> {
    let mut duties = Vec::new();
    for (met, kind) in published(analysis)? {
        let contract = analysis.contract(kind);
        if contract.is_some_and(|entry| entry.compiled.contract.archive_duty == ArchiveDuty::Deposit) {
            duties.push((met, kind));
        }
    }
    Ok(duties)
}

/// What the subject publishes, seen or agreed.
fn published(analysis: &Analysis<'_>) -> Result<BTreeSet<(u32, Number)>, StoreError> {
    let mut published = BTreeSet::new();
    for at in &analysis.walked.start {
        published.extend(analysis.own_kinds(*at)?.into_iter().map(|(kind, _)| (*at, kind)));
    }
    let edges = analysis.around.iter().map(|at| analysis.edge(*at));
    let own = edges.filter(|edge| analysis.is_start(edge.provider));
    published.extend(own.map(|edge| (edge.provider, edge.kind)));
    Ok(published)
}

/// The concepts of the personal fields in what was touched.
pub(super) fn personal(
    analysis: &mut Analysis<'_>,
    nearest: &NearestByKind,
    things: &mut Things,
) -> Result<(), StoreError> {
    // Each type once in a municipality, where it is nearest: at the subject itself, if it publishes it.
    let mut kinds: BTreeMap<(u32, Number), Reached> =
        nearest.iter().map(|(kind, edge)| (*kind, Reached::Edge(*edge))).collect();
    for (met, kind) in published(analysis)?.into_iter().rev() {
        kinds.insert((analysis.place(met), kind), Reached::Met(met));
    }
    let mut concepts: HashMap<Number, Vec<Arc<str>>> = HashMap::new();
    for ((place, kind), reached) in kinds {
        let concepts = concepts.entry(kind).or_insert_with(|| {
            analysis.contract(kind).map(|entry| concepts_of(&entry.compiled.contract)).unwrap_or_default()
        });
        for concept in concepts {
            things.meet(analysis, ImpactKind::PersonalData, place, Arc::clone(concept), reached);
        }
    }
    Ok(())
}

/// What has no concept is told by type and field.
fn concepts_of(contract: &Contract) -> Vec<Arc<str>> {
    let concepts: BTreeSet<Arc<str>> = contract
        .personal_pointers()
        .map(|pointer| match contract.fields.get(pointer).and_then(|field| field.concept.as_deref()) {
            Some(concept) => concept.into(),
            None => format!("{}#{pointer}", contract.kind).into(),
        })
        .collect();
    concepts.into_iter().collect()
}

/// The zones that a flow goes between, where both are known and they differ.
pub(super) fn zones(analysis: &Analysis<'_>, edge: &Edge<Number>) -> Option<(&'static str, &'static str)> {
    let (from, to) = (analysis.zone(edge.provider)?, analysis.zone(edge.consumer)?);
    (from != to).then(|| (from.as_str(), to.as_str()))
}

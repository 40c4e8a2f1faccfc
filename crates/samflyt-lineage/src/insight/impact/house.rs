//! What of a municipality's house stands on what was touched: processes, services, datasets, and the offices to tell.

use std::collections::{BTreeSet, HashMap};

use samflyt_events::catalogue::Usage;
use samflyt_events::catalogue::resource::Process;
use samflyt_projection::StoreError;
use samflyt_proto::lineage::ImpactKind;

use super::analysis::{Analysis, Reached};
use super::things::Things;
use crate::projections::keys::Number;
use crate::walk::Map;

/// The nearest flow of each type in each place.
pub(super) type NearestByKind = Map<(u32, Number), u32>;

pub(super) fn nearest_by_kind(analysis: &Analysis<'_>) -> NearestByKind {
    let mut nearest = NearestByKind::default();
    for (at, edge) in analysis.walked.edges.iter().enumerate() {
        let best = nearest.entry((analysis.place(edge.provider), edge.kind)).or_insert(at as u32);
        let known = analysis.edge(*best);
        // Keys are dear, and most flows are further away.
        if edge.distance <= known.distance && analysis.edge_key(0, edge) < analysis.edge_key(0, known) {
            *best = at as u32;
        }
    }
    nearest
}

pub(super) fn meet(
    analysis: &mut Analysis<'_>,
    nearest: &NearestByKind,
    things: &mut Things,
) -> Result<(), StoreError> {
    let places: BTreeSet<u32> = analysis.walked.met.iter().map(|met| met.node.place).collect();
    let wanted = analysis.question.wanted;
    for place in places {
        if wanted.has(ImpactKind::Process) {
            processes(analysis, nearest, place, things)?;
        }
        if wanted.has(ImpactKind::Dataset) || wanted.has(ImpactKind::Service) {
            datasets_and_services(analysis, place, things)?;
        }
    }
    if wanted.has(ImpactKind::Contact) {
        contacts(analysis, things);
    }
    Ok(())
}

fn processes(
    analysis: &mut Analysis<'_>,
    nearest: &NearestByKind,
    place: u32,
    things: &mut Things,
) -> Result<(), StoreError> {
    let (catalogue, moment) = (analysis.sources.declared.catalogue, analysis.question.moment);
    let tenant = analysis.sources.places.tenant(place).clone();
    for process in catalogue.processes().of(&tenant, moment) {
        for reached in carriers(analysis, nearest, place, process)? {
            things.meet(analysis, ImpactKind::Process, place, process.id.as_str().into(), reached);
        }
    }
    Ok(())
}

/// By which systems and flows a process is touched.
fn carriers(
    analysis: &mut Analysis<'_>,
    nearest: &NearestByKind,
    place: u32,
    process: &Process,
) -> Result<Vec<Reached>, StoreError> {
    let mut carriers = Vec::new();
    for step in &process.steps {
        for system in &step.systems {
            carriers.extend(analysis.met(place, system)?.map(Reached::Met));
        }
        for kind in &step.types {
            let kind = analysis.sources.names.number(kind.as_str())?;
            carriers.extend(nearest.get(&(place, kind)).copied().map(Reached::Edge));
        }
    }
    Ok(carriers)
}

fn datasets_and_services(
    analysis: &mut Analysis<'_>,
    place: u32,
    things: &mut Things,
) -> Result<(), StoreError> {
    let (catalogue, moment) = (analysis.sources.declared.catalogue, analysis.question.moment);
    let wanted = analysis.question.wanted;
    let tenant = analysis.sources.places.tenant(place).clone();
    let mut touched = HashMap::new();
    for dataset in catalogue.datasets().of(&tenant, moment) {
        let Some(met) = analysis.met(place, &dataset.source)? else { continue };
        let reached = Reached::Met(met);
        touched.insert(&dataset.id, reached);
        if wanted.has(ImpactKind::Dataset) {
            things.meet(analysis, ImpactKind::Dataset, place, dataset.id.as_str().into(), reached);
        }
    }
    if !wanted.has(ImpactKind::Service) {
        return Ok(());
    }
    for service in catalogue.services().of(&tenant, moment) {
        let mut needs: Vec<Reached> =
            service.datasets.iter().filter_map(|id| touched.get(id).copied()).collect();
        for system in &service.systems {
            needs.extend(analysis.met(place, system)?.map(Reached::Met));
        }
        for reached in needs {
            things.meet(analysis, ImpactKind::Service, place, service.id.as_str().into(), reached);
        }
    }
    Ok(())
}

fn contacts(analysis: &Analysis<'_>, things: &mut Things) {
    for at in 0..analysis.walked.met.len() as u32 {
        let Some(usage) = usage(analysis, at) else { continue };
        let offices: BTreeSet<&str> = roles(&usage).map(|(office, _)| office).collect();
        for office in offices {
            things.meet(analysis, ImpactKind::Contact, analysis.place(at), office.into(), Reached::Met(at));
        }
    }
}

/// How the municipality uses a system that was met in it.
pub(super) fn usage(analysis: &Analysis<'_>, met: u32) -> Option<std::sync::Arc<Usage>> {
    let tenant = analysis.sources.places.tenant(analysis.place(met));
    let usages = analysis.sources.declared.catalogue.usages();
    usages.get(tenant, &analysis.name(met), analysis.question.moment).cloned()
}

/// Offices, and what each is to the system.
pub(super) fn roles(usage: &Usage) -> impl Iterator<Item = (&str, &'static str)> {
    let one = [
        (usage.owner.as_str(), "owner"),
        (usage.administrator.as_str(), "administrator"),
        (usage.contact.as_str(), "contact"),
    ];
    let users = usage.super_users.iter().map(|office| (office.as_str(), "super user"));
    one.into_iter().chain(users).filter(|(office, _)| !office.is_empty())
}

//! All lines of an answer, offered to its page: from flows and systems by number, and from what the catalogue has of them.

use std::collections::HashMap;
use std::sync::Arc;

use samflyt_projection::StoreError;
use samflyt_proto::lineage::ImpactKind;

use super::analysis::Analysis;
use super::page::{Key, Line, Page, Token, rank};
use super::things::{Thing, Things};
use super::{affairs, duties, house};
use crate::projections::keys::Number;

/// What lines point to.
pub(super) struct Kept {
    pub things: Vec<Thing>,
    /// The ids of things, sorted.
    pub ids: Vec<Arc<str>>,
    pub duties: Vec<(u32, Number)>,
}

impl Kept {
    pub fn of(analysis: &mut Analysis<'_>) -> Result<Self, StoreError> {
        let wanted = analysis.question.wanted;
        let mut things = Things::default();
        let by_kind = wanted.has(ImpactKind::Process) || wanted.has(ImpactKind::PersonalData);
        let nearest = if by_kind { house::nearest_by_kind(analysis) } else { Default::default() };
        house::meet(analysis, &nearest, &mut things)?;
        if wanted.has(ImpactKind::PersonalData) {
            duties::personal(analysis, &nearest, &mut things)?;
        }
        if wanted.has(ImpactKind::Agreement) {
            duties::agreements(analysis, &mut things)?;
        }
        let duties =
            if wanted.has(ImpactKind::ArchiveDuty) { duties::archive(analysis)? } else { Vec::new() };
        let things = things.all();
        let mut ids: Vec<Arc<str>> = things.iter().map(|thing| Arc::clone(&thing.id)).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Self { things, ids, duties })
    }

    /// Where the page before ended.
    pub fn key(&self, analysis: &Analysis<'_>, token: &Token) -> Key {
        let [a, b, c] = &token.names;
        let (systems, kinds) = (&analysis.systems, &analysis.kinds);
        let names = match ImpactKind::try_from(token.kind).unwrap_or_default() {
            ImpactKind::Flow | ImpactKind::ZoneCrossing | ImpactKind::Affair => {
                [systems.find(a), kinds.find(b), systems.find(c)]
            }
            ImpactKind::System => [systems.find(a), 0, 0],
            ImpactKind::ArchiveDuty => [systems.find(a), kinds.find(b), 0],
            ImpactKind::Tenant | ImpactKind::Unspecified => [0; 3],
            _ => [rank(&self.ids, a.as_str()), 0, 0],
        };
        let place = analysis.sources.places.rank(&token.tenant);
        Key { distance: token.distance, kind: token.kind, place, names, sequence: token.sequence }
    }

    /// The names that a line's key stands for.
    pub fn names(&self, analysis: &Analysis<'_>, line: &Line) -> [String; 3] {
        let at = |names: &[Arc<str>], rank: u32| match rank {
            0 => String::new(),
            rank => names.get(super::page::index(rank)).map(ToString::to_string).unwrap_or_default(),
        };
        let [a, b, c] = line.key.names;
        let (systems, kinds) = (&analysis.systems.names, &analysis.kinds.names);
        match ImpactKind::try_from(line.key.kind).unwrap_or_default() {
            ImpactKind::Flow
            | ImpactKind::ZoneCrossing
            | ImpactKind::Affair
            | ImpactKind::System
            | ImpactKind::ArchiveDuty => [at(systems, a), at(kinds, b), at(systems, c)],
            _ => [at(&self.ids, a), String::new(), String::new()],
        }
    }

    pub fn offer(&self, analysis: &Analysis<'_>, page: &mut Page) -> Result<(), StoreError> {
        flows(analysis, page);
        if page.wants(ImpactKind::System) {
            systems(analysis, page);
        }
        if page.wants(ImpactKind::Tenant) {
            tenants(analysis, page);
        }
        for (at, thing) in self.things.iter().enumerate() {
            let names = [rank(&self.ids, &*thing.id), 0, 0];
            let (kind, distance) = (thing.kind.into(), analysis.distance(thing.reached));
            let key = Key { distance, kind, place: thing.place * 2 + 1, names, sequence: 0 };
            page.offer(thing.kind, Line { key, at: at as u32 });
        }
        for (at, (met, kind)) in self.duties.iter().enumerate() {
            let names = [analysis.ranks[*met as usize], analysis.kinds.rank(*kind), 0];
            let place = analysis.place(*met) * 2 + 1;
            let key = Key { distance: 0, kind: ImpactKind::ArchiveDuty.into(), place, names, sequence: 0 };
            page.offer(ImpactKind::ArchiveDuty, Line { key, at: at as u32 });
        }
        if page.wants(ImpactKind::Affair) {
            affairs::offer(analysis, page)?;
        }
        Ok(())
    }
}

fn flows(analysis: &Analysis<'_>, page: &mut Page) {
    let zones = page.wants(ImpactKind::ZoneCrossing);
    for (at, edge) in analysis.walked.edges.iter().enumerate() {
        let at = at as u32;
        let line = |kind: ImpactKind| Line { key: analysis.edge_key(kind.into(), edge), at };
        page.offer_at(ImpactKind::Flow, edge.distance, || line(ImpactKind::Flow));
        if zones && duties::zones(analysis, edge).is_some() {
            page.offer_at(ImpactKind::ZoneCrossing, edge.distance, || line(ImpactKind::ZoneCrossing));
        }
    }
}

/// Each system once, where it was reached first.
fn systems(analysis: &Analysis<'_>, page: &mut Page) {
    let mut nearest: Vec<Option<Line>> = vec![None; analysis.systems.names.len()];
    for (at, met) in analysis.walked.met.iter().enumerate() {
        let rank = analysis.ranks[at];
        let key = Key {
            distance: met.distance(),
            kind: ImpactKind::System.into(),
            place: met.node.place * 2 + 1,
            names: [rank, 0, 0],
            sequence: 0,
        };
        let line = Line { key, at: at as u32 };
        if let Some(best) = nearest.get_mut(super::page::index(rank)) {
            *best = Some(best.map_or(line, |best| best.min(line)));
        }
    }
    nearest.into_iter().flatten().for_each(|line| page.offer(ImpactKind::System, line));
}

/// Each municipality once, by the system of it that was reached first.
fn tenants(analysis: &Analysis<'_>, page: &mut Page) {
    let mut nearest: HashMap<u32, (u32, u32, u32)> = HashMap::new();
    for (at, met) in analysis.walked.met.iter().enumerate() {
        let way = (met.distance(), analysis.ranks[at], at as u32);
        let best = nearest.entry(met.node.place).or_insert(way);
        *best = way.min(*best);
    }
    for (place, (distance, _, at)) in nearest {
        let kind = ImpactKind::Tenant.into();
        let key = Key { distance, kind, place: place * 2 + 1, names: [0; 3], sequence: 0 };
        page.offer(ImpactKind::Tenant, Line { key, at });
    }
}

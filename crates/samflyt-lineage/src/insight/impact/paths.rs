//! By which way something was reached: system, event type, system, …; the shortest, and of equally short ones the first by
//! name, so that it is the same every time. Found backwards from where it ends, for the lines of a page only.

use std::collections::HashMap;

use samflyt_projection::StoreError;

use super::analysis::{Analysis, Reached};
use crate::projections::keys::Number;
use crate::walk::{Flows, Node};

#[derive(Default)]
pub(super) struct Paths {
    /// The step before: from where, by which type. For each system and direction.
    before: HashMap<(u32, bool), Option<(u32, Number)>>,
}

impl Paths {
    pub fn to(&mut self, analysis: &mut Analysis<'_>, reached: Reached) -> Result<Vec<String>, StoreError> {
        match reached {
            Reached::Met(at) => {
                let met = analysis.walked.met[at as usize];
                self.way_to(analysis, at, met.down <= met.up)
            }
            Reached::Edge(at) => {
                let edge = *analysis.edge(at);
                let (near, far) =
                    if edge.down { (edge.provider, edge.consumer) } else { (edge.consumer, edge.provider) };
                let mut path = match analysis.walked.begins_at(near, edge.kind, edge.down) {
                    0 => vec![analysis.name(near).to_string()],
                    _ => self.way_to(analysis, near, edge.down)?,
                };
                path.extend([analysis.kind(edge.kind).to_string(), analysis.name(far).to_string()]);
                Ok(path)
            }
        }
    }

    fn way_to(
        &mut self,
        analysis: &mut Analysis<'_>,
        mut at: u32,
        down: bool,
    ) -> Result<Vec<String>, StoreError> {
        let mut backwards = vec![analysis.name(at).to_string()];
        while let Some((near, kind)) = self.step(analysis, at, down)? {
            backwards.extend([analysis.kind(kind).to_string(), analysis.name(near).to_string()]);
            if analysis.walked.begins_at(near, kind, down) == 0 {
                break;
            }
            at = near;
        }
        backwards.reverse();
        Ok(backwards)
    }

    /// None at the start.
    fn step(
        &mut self,
        analysis: &mut Analysis<'_>,
        at: u32,
        down: bool,
    ) -> Result<Option<(u32, Number)>, StoreError> {
        if let Some(known) = self.before.get(&(at, down)) {
            return Ok(*known);
        }
        let met = analysis.walked.met[at as usize];
        let distance = if down { met.down } else { met.up };
        let mut best = None;
        if distance > 0 {
            let hops = if down { analysis.sources.up(met.node)? } else { analysis.sources.down(met.node)? };
            for hop in hops {
                let near = Node { place: met.node.place, system: hop.other };
                let Some(near) = analysis.walked.index.get(&near).copied() else { continue };
                if analysis.walked.begins_at(near, hop.kind, down).saturating_add(1) == distance {
                    let order = (analysis.ranks[near as usize], analysis.kinds.rank(hop.kind));
                    if best.is_none_or(|(known, _)| order < known) {
                        best = Some((order, (near, hop.kind)));
                    }
                }
            }
        }
        let step = best.map(|(_, step)| step);
        self.before.insert((at, down), step);
        Ok(step)
    }
}

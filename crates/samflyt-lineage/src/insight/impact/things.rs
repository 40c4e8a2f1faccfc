//! What the catalogue has of what was touched: each thing once in a municipality, where it was reached first.

use std::collections::HashMap;
use std::sync::Arc;

use samflyt_proto::lineage::ImpactKind;

use super::analysis::{Analysis, Reached};

/// Something named by a text: a process, an office, a concept, an agreement.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    pub kind: ImpactKind,
    pub place: u32,
    pub id: Arc<str>,
    pub reached: Reached,
    /// By how many systems or flows it was reached.
    pub times: u32,
}

/// Things, each once.
#[derive(Default)]
pub(super) struct Things {
    of: HashMap<(i32, u32, Arc<str>), Thing>,
}

impl Things {
    /// Notes a thing; keeps the nearest way to it, and of equally near ones the first by name.
    pub fn meet(
        &mut self,
        analysis: &Analysis<'_>,
        kind: ImpactKind,
        place: u32,
        id: Arc<str>,
        reached: Reached,
    ) {
        let known = self.of.entry((kind.into(), place, Arc::clone(&id)));
        let thing = known.or_insert_with(|| Thing { kind, place, id, reached, times: 0 });
        thing.times += 1;
        if order(analysis, reached) < order(analysis, thing.reached) {
            thing.reached = reached;
        }
    }

    pub fn all(self) -> Vec<Thing> {
        self.of.into_values().collect()
    }
}

/// Which of two ways is shown.
fn order(analysis: &Analysis<'_>, reached: Reached) -> (u32, u32, u32, u32) {
    let distance = analysis.distance(reached);
    match reached {
        Reached::Met(at) => (distance, analysis.ranks[at as usize], 0, 0),
        Reached::Edge(at) => {
            let key = analysis.edge_key(0, analysis.edge(at));
            (distance, key.names[0], key.names[1], key.names[2])
        }
    }
}

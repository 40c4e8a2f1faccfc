//! Affairs under way: events from the subject, or for it, that nothing has followed from although somebody is known to use
//! such events. Counted from the index; the entity is read from the log, for the lines of a page only.

use std::collections::BTreeMap;

use samflyt_projection::StoreError;
use samflyt_proto::lineage::ImpactKind;

use super::analysis::Analysis;
use super::page::{Line, Page};

pub(super) fn offer(analysis: &Analysis<'_>, page: &mut Page) -> Result<(), StoreError> {
    let mut flows: BTreeMap<_, u32> = BTreeMap::new();
    for at in &analysis.around {
        let edge = analysis.edge(*at);
        let best = flows.entry((edge.provider, edge.kind)).or_insert(*at);
        if analysis.edge_key(0, edge) < analysis.edge_key(0, analysis.edge(*best)) {
            *best = *at;
        }
    }
    for ((provider, kind), at) in flows {
        let node = analysis.walked.met[provider as usize].node;
        let Some(log) = analysis.sources.places.log_of(node.place) else { continue };
        let mut key = analysis.edge_key(ImpactKind::Affair.into(), analysis.edge(at));
        for event in analysis.sources.reader.leaves(log, kind, node.system) {
            key.sequence = event?.sequence;
            page.offer(ImpactKind::Affair, Line { key, at });
        }
    }
    Ok(())
}

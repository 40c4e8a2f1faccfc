//! The `[lineage]` section.

use serde::{Deserialize, Serialize};

/// Every field has a default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LineageConfig {
    /// Memory for the projections, in MiB. `SAMFLYT_LINEAGE__CACHE_MIB`
    pub cache_mib: u64,
    /// How many events of one affair are gathered at most. `SAMFLYT_LINEAGE__TRACE_EVENTS_MAX`
    pub trace_events_max: u32,
    /// How many edges a flow graph holds at most. `SAMFLYT_LINEAGE__GRAPH_EDGES_MAX`
    pub graph_edges_max: u32,
}

impl Default for LineageConfig {
    fn default() -> Self {
        Self { cache_mib: 64, trace_events_max: 10_000, graph_edges_max: 10_000 }
    }
}

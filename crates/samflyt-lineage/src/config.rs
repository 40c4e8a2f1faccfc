//! The `[lineage]` section.

use std::collections::BTreeMap;

use samflyt_events::TenantId;
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
    /// After so many years a risk assessment is outdated. `SAMFLYT_LINEAGE__RISK_ASSESSMENT_YEARS`
    pub risk_assessment_years: u16,
    /// Inhabitants of each tenant, for costs per inhabitant. `SAMFLYT_LINEAGE__POPULATION`
    pub population: BTreeMap<TenantId, u64>,
}

impl Default for LineageConfig {
    fn default() -> Self {
        Self {
            cache_mib: 64,
            trace_events_max: 10_000,
            graph_edges_max: 10_000,
            risk_assessment_years: 2,
            population: BTreeMap::new(),
        }
    }
}

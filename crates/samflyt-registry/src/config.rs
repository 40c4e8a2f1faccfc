//! The `[registry]` section.

use serde::{Deserialize, Serialize};

/// Every field has a default.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistryConfig {
    /// Organisation number of the company that runs the hub. At the first start it is given every scope for all tenants;
    /// all other grants follow from it. Empty: nobody, which leaves a new hub closed. `SAMFLYT_REGISTRY__OPERATOR`
    pub operator: String,
}

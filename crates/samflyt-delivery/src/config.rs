//! The `[delivery]` section.

use serde::{Deserialize, Serialize};

use crate::webhook::WebhookConfig;

/// Every field has a default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryConfig {
    /// Page cache of what is known of subscriptions, in MiB. `SAMFLYT_DELIVERY__CACHE_MIB`
    pub cache_mib: u64,
    /// How many subscriptions a tenant may have that have not ended. `SAMFLYT_DELIVERY__SUBSCRIPTIONS_MAX`
    pub subscriptions_max: u32,
    /// Events that are posted. `SAMFLYT_DELIVERY__WEBHOOK__…`
    pub webhook: WebhookConfig,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self { cache_mib: 16, subscriptions_max: 1_000, webhook: WebhookConfig::default() }
    }
}

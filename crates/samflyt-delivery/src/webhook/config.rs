//! The `[delivery.webhook]` section.

use serde::{Deserialize, Serialize};

/// Every field has a default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookConfig {
    /// Within so many milliseconds an endpoint must have answered. `SAMFLYT_DELIVERY__WEBHOOK__TIMEOUT_MS`
    pub timeout_ms: u32,
    /// Within so many milliseconds a connection must be there. `SAMFLYT_DELIVERY__WEBHOOK__CONNECT_TIMEOUT_MS`
    pub connect_timeout_ms: u32,
    /// Whether endpoints may have addresses that are not public. `SAMFLYT_DELIVERY__WEBHOOK__ALLOW_PRIVATE`
    pub allow_private: bool,
    /// Whether endpoints may be had without TLS. `SAMFLYT_DELIVERY__WEBHOOK__ALLOW_HTTP`
    pub allow_http: bool,
    /// The name by which endpoints allow the hub. `SAMFLYT_DELIVERY__WEBHOOK__ORIGIN`
    pub origin: String,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self {
            timeout_ms: 10_000,
            connect_timeout_ms: 3_000,
            allow_private: false,
            allow_http: false,
            origin: "samflyt".to_owned(),
        }
    }
}

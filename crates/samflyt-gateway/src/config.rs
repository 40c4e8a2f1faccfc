//! The `[gateway]` section.

use std::collections::BTreeMap;

use samflyt_events::{Extent, MAX_EVENT_BYTES_DEFAULT, TenantId};
use serde::{Deserialize, Serialize};

use crate::limits::{Differing, Limits};

/// Every field has a default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatewayConfig {
    /// The largest event, attributes and data together, in bytes. The broker's `max_payload` must be above it.
    /// `SAMFLYT_GATEWAY__EVENT_BYTES_MAX`
    pub event_bytes_max: usize,
    /// The largest HTTP batch, in bytes. `SAMFLYT_GATEWAY__BATCH_BYTES_MAX`
    pub batch_bytes_max: usize,
    /// The most events of an HTTP batch. `SAMFLYT_GATEWAY__BATCH_EVENTS_MAX`
    pub batch_events_max: usize,
    /// How many events of one gRPC stream wait for their acknowledgement at most.
    /// `SAMFLYT_GATEWAY__IN_FLIGHT_MAX`
    pub in_flight_max: usize,
    /// How far ahead of the hub's clock an event may say that it happened, in seconds.
    /// `SAMFLYT_GATEWAY__CLOCK_SKEW_S`
    pub clock_skew_s: u32,
    /// Memory for the index of event ids, in MiB. `SAMFLYT_GATEWAY__INDEX_CACHE_MIB`
    pub index_cache_mib: u64,
    /// What each municipality may publish. `SAMFLYT_GATEWAY__LIMITS__…`
    pub limits: Limits,
    /// What differs from that for one of them.
    pub limits_of: BTreeMap<TenantId, Differing>,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            event_bytes_max: MAX_EVENT_BYTES_DEFAULT,
            batch_bytes_max: 16 * 1024 * 1024,
            batch_events_max: 1_000,
            in_flight_max: 256,
            clock_skew_s: 300,
            index_cache_mib: 64,
            limits: Limits::default(),
            limits_of: BTreeMap::new(),
        }
    }
}

impl GatewayConfig {
    pub(crate) fn extent(&self) -> Extent {
        Extent {
            event_bytes_max: self.event_bytes_max,
            clock_skew_max: time::Duration::seconds(self.clock_skew_s.into()),
        }
    }
}

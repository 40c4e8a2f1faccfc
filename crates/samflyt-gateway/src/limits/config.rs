//! The sections `[gateway.limits]` and `[gateway.limits_of.<tenant>]`.

use serde::{Deserialize, Serialize};

/// What each municipality may publish. 0 in any of them: no such limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Events in a second, lastingly. `SAMFLYT_GATEWAY__LIMITS__EVENTS_PER_S`
    pub events_per_s: u64,
    /// Events at once, after a quiet time. `SAMFLYT_GATEWAY__LIMITS__EVENTS_BURST`
    pub events_burst: u64,
    /// Bytes of data in a second, lastingly. `SAMFLYT_GATEWAY__LIMITS__BYTES_PER_S`
    pub bytes_per_s: u64,
    /// Bytes of data at once, after a quiet time. `SAMFLYT_GATEWAY__LIMITS__BYTES_BURST`
    pub bytes_burst: u64,
    /// The size of the municipality's log on the broker's disk, in bytes. `SAMFLYT_GATEWAY__LIMITS__STORED_BYTES_MAX`
    pub stored_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            events_per_s: 2_000,
            events_burst: 20_000,
            bytes_per_s: 8 * 1024 * 1024,
            bytes_burst: 128 * 1024 * 1024,
            stored_bytes_max: 64 * 1024 * 1024 * 1024,
        }
    }
}

/// What differs for one municipality.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Differing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events_per_s: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events_burst: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_per_s: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_burst: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored_bytes_max: Option<u64>,
}

impl Differing {
    pub(super) fn over(self, usual: Limits) -> Limits {
        Limits {
            events_per_s: self.events_per_s.unwrap_or(usual.events_per_s),
            events_burst: self.events_burst.unwrap_or(usual.events_burst),
            bytes_per_s: self.bytes_per_s.unwrap_or(usual.bytes_per_s),
            bytes_burst: self.bytes_burst.unwrap_or(usual.bytes_burst),
            stored_bytes_max: self.stored_bytes_max.unwrap_or(usual.stored_bytes_max),
        }
    }
}

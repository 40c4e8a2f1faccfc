//! Configuration of a projection.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Tells the time of day.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// Where and how a projection is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProjectionConfig {
    /// Directory of all projections of this process.
    pub dir: PathBuf,
    /// Sled's page cache, in MiB. Resident memory is larger: see the README.
    pub cache_mib: u64,
    /// How often what was folded goes to disk, in milliseconds. A crash costs at most as much folding again.
    pub flush_every_ms: u64,
    /// Leave the payloads in the log, where the fold reads headers only.
    pub headers_only: bool,
    /// How often the ends of the streams are asked for, in milliseconds.
    pub poll_every_ms: u64,
}

impl Default for ProjectionConfig {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("data/projections"),
            cache_mib: 32,
            flush_every_ms: 500,
            headers_only: false,
            poll_every_ms: 1_000,
        }
    }
}

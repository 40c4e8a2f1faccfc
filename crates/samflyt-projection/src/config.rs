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
    /// How often what was folded is stored, in milliseconds, where it is not 200 events before that.
    pub store_every_ms: u64,
    /// How often what was stored is synced to the disk, in milliseconds. A crash costs folding again what was not.
    pub flush_every_ms: u64,
    /// Leave the payloads in the log, where the fold reads headers only.
    pub headers_only: bool,
    /// Streams whose name begins so come with their payloads all the same; empty: none do.
    pub whole_prefix: String,
    /// How often the ends of the streams are asked for, in milliseconds.
    pub poll_every_ms: u64,
}

impl ProjectionConfig {
    /// Whether the payloads of a stream stay in the log.
    pub(crate) fn leaves_payloads(&self, stream: &str) -> bool {
        let is_whole = !self.whole_prefix.is_empty() && stream.starts_with(&self.whole_prefix);
        self.headers_only && !is_whole
    }
}

impl Default for ProjectionConfig {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("data/projections"),
            cache_mib: 32,
            store_every_ms: 500,
            flush_every_ms: 500,
            headers_only: false,
            whole_prefix: String::new(),
            poll_every_ms: 1_000,
        }
    }
}

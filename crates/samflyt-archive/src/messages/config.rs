//! The `[archive.messages]` section.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Every field has a default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MessagesConfig {
    /// For how many days messages and answers are kept. `SAMFLYT_ARCHIVE__MESSAGES__KEPT_DAYS`
    pub kept_days: u32,
    /// The time to live of a message that names none, in seconds. `SAMFLYT_ARCHIVE__MESSAGES__TTL_S`
    pub ttl_s: u32,
    /// The longest time to live, in seconds. `SAMFLYT_ARCHIVE__MESSAGES__TTL_S_MAX`
    pub ttl_s_max: u32,
    /// An answer that is not confirmed within so many seconds is a dead reply.
    /// `SAMFLYT_ARCHIVE__MESSAGES__ANSWER_TTL_S`
    pub answer_ttl_s: u32,
    /// How many reads of a municipality are answered at once. `SAMFLYT_ARCHIVE__MESSAGES__READS_AT_ONCE`
    pub reads_at_once: u32,
    /// How many messages of a municipality may wait for their answer. `SAMFLYT_ARCHIVE__MESSAGES__WAITING_MAX`
    pub waiting_max: u32,
    /// How often a message is tried where what fails is ours and may pass. `SAMFLYT_ARCHIVE__MESSAGES__TRIES`
    pub tries: u32,
}

impl Default for MessagesConfig {
    fn default() -> Self {
        Self {
            kept_days: 30,
            ttl_s: 24 * 3_600,
            ttl_s_max: 7 * 24 * 3_600,
            answer_ttl_s: 2 * 24 * 3_600,
            reads_at_once: 8,
            waiting_max: 10_000,
            tries: 5,
        }
    }
}

impl MessagesConfig {
    pub(crate) fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.kept_days) * 24 * 3_600)
    }

    pub(crate) fn answer_ttl(&self) -> time::Duration {
        time::Duration::seconds(self.answer_ttl_s.into())
    }
}

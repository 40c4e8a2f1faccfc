//! What the archive writes to its log: one message for one decision.

use samflyt_noark::unit::{Edit, Unit};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::keys::Number;

/// One decision, all of it. Persisted, sealed, as JSON: keep readable for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Change {
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub by: Actor,
    /// What asked for it; the same cause is carried out once.
    pub cause: String,
    pub steps: Vec<Step>,
    /// What was answered, where the state alone does not say it.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub answer: serde_json::Value,
}

/// Who decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Actor {
    /// Organisation number of the token.
    pub organisation: String,
    /// The system that it came from; none for an administrator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Whom the message names as having done it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    Created {
        unit: Unit,
        /// What was given out to it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        numbers: Vec<Number>,
    },
    Edited {
        #[serde(rename = "systemID")]
        system_id: String,
        /// Where it moved to another mappe.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arkivdel: Option<String>,
        /// What was given out to it where it moved to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        numbers: Vec<Number>,
        edits: Vec<Edit>,
    },
    /// The numbers of a series up to this one were given elsewhere: the cause of that gap.
    SeriesBegun { number: Number, reason: String },
    /// It was carried out by an external archive: the arkivdel there, and the names of what it keeps since.
    KeptElsewhere { arkivdel: String, names: Vec<Vec<String>> },
    /// Documents that no record refers to any more, by disposal: their files may go.
    Released { documents: Vec<String> },
}

impl Actor {
    /// As `opprettetAv`, `endretAv`: the person or role that the message names, else the system, else the organisation.
    pub fn name(&self) -> &str {
        self.user.as_deref().or(self.system.as_deref()).unwrap_or(&self.organisation)
    }
}

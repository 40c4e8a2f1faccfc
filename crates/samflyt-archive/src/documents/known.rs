//! What is remembered of a document, and what was found wrong with one.

use samflyt_proto::archive as pb;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::documents::format::Format;
use crate::documents::store::Broken;

/// A document that was read from beginning to end and was good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fact {
    pub size: u64,
    pub format: Format,
    #[serde(with = "time::serde::rfc3339")]
    pub stored_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub verified_at: OffsetDateTime,
    /// When somebody who has it was last told that it is here, and so may refer to it without sending it.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<OffsetDateTime>,
}

/// A document that is not as it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    pub kind: FindingKind,
    pub detail: String,
    /// Bytes that it should have, as far as that is known.
    pub size: u64,
    #[serde(with = "time::serde::rfc3339")]
    pub found_at: OffsetDateTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FindingKind {
    Damaged,
    Missing,
    Unreadable,
}

impl Finding {
    pub fn new(broken: &Broken, size: u64, found_at: OffsetDateTime) -> Self {
        let (kind, detail) = match broken {
            Broken::Damaged(detail) => (FindingKind::Damaged, detail.clone()),
            Broken::Missing => (FindingKind::Missing, "it is not in the store".to_owned()),
            Broken::Unreadable(detail) => (FindingKind::Unreadable, detail.clone()),
        };
        Self { kind, detail, size, found_at }
    }
}

impl FindingKind {
    pub fn as_pb(self) -> pb::FindingKind {
        match self {
            Self::Damaged => pb::FindingKind::Damaged,
            Self::Missing => pb::FindingKind::Missing,
            Self::Unreadable => pb::FindingKind::Unreadable,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
        }
    }
}

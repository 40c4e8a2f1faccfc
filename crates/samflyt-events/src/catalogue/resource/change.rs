//! A change of a system, a contract or an agreement, from the proposal to what it came to.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{Date, OffsetDateTime};

use crate::{ContractVersion, EventType, ResourceId, SystemId, TenantId};

/// What somebody wants to change, what it was decided on, and what it came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub id: ResourceId,
    pub tenant: TenantId,
    pub title: String,
    pub action: Action,
    /// What is expected of it. A new system is not decided on without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gains: Vec<Gain>,
    #[serde(default)]
    pub status: ChangeStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis: Option<Analysis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_out_on: Option<Date>,
}

/// What is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// A new system.
    Acquire {
        product: ResourceId,
    },
    Replace {
        system: SystemId,
        by: SystemId,
    },
    Retire {
        system: SystemId,
    },
    Upgrade {
        system: SystemId,
        version: String,
    },
    ChangeContract {
        r#type: EventType,
        version: ContractVersion,
    },
    ChangeAgreement {
        agreement: ResourceId,
    },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeStatus {
    #[default]
    Proposed,
    Analysed,
    Approved,
    Rejected,
    CarriedOut,
    Withdrawn,
}

/// What it was decided on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analysis {
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// The last sequence of each log that it reflects.
    pub positions: std::collections::BTreeMap<String, u64>,
    /// The answer, as lineage gave it.
    pub answer: Value,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// A joint ordering forum, an IT council.
    pub body: String,
    pub approved: bool,
    pub on: Date,
    /// The municipalities that are bound by it.
    pub bound: Vec<TenantId>,
}

/// What is expected to become better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gain {
    /// `cost`, `hours`, `fewer questions to inhabitants`.
    pub kind: String,
    pub amount: i64,
    /// `NOK per year`, `hours per year`.
    pub unit: String,
    /// The office that answers for it.
    pub owner: String,
    pub measure_on: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

/// What it came to, in the gain's unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    pub amount: i64,
    pub on: Date,
}

impl ChangeStatus {
    /// Whether a body has said yes or no.
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Approved | Self::Rejected | Self::CarriedOut)
    }
}

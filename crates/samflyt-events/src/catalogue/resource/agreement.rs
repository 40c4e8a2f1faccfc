//! A declared flow.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::contract::LegalBasis;
use crate::{EventType, ResourceId, SystemId, TenantId};

/// That one system may use what another publishes of a municipality's affairs, for what, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    pub id: ResourceId,
    pub tenant: TenantId,
    pub provider: SystemId,
    pub consumer: SystemId,
    pub types: Vec<EventType>,
    pub purpose: String,
    pub legal_basis: LegalBasis,
    pub valid_from: Date,
    /// The last day; absent: until it is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    #[serde(default)]
    pub status: AgreementStatus,
    /// The office or body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub approved_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_on: Option<Date>,
}

/// Drafts become approved; what is approved ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgreementStatus {
    #[default]
    Draft,
    Approved,
    Ended,
}

impl Agreement {
    /// Whether it allows the flow on a date.
    pub fn is_in_force(&self, on: Date) -> bool {
        self.was_approved() && self.valid_from <= on && self.valid_until.is_none_or(|until| on <= until)
    }

    /// Whether it ever allowed anything.
    pub fn was_approved(&self) -> bool {
        self.status != AgreementStatus::Draft && self.approved_on.is_some()
    }
}

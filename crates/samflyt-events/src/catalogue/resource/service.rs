//! A service to inhabitants.

use serde::{Deserialize, Serialize};

use crate::contract::LegalBasis;
use crate::{ResourceId, SystemId, TenantId};

/// What a municipality offers to those who live there (CPSV-AP-NO: `cpsv:PublicService`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub id: ResourceId,
    pub tenant: TenantId,
    pub name: String,
    pub description: String,
    /// What it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub systems: Vec<SystemId>,
    /// Ids of the municipality's own datasets that it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<ResourceId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<LegalBasis>,
    /// What comes of it: `a decision on a place in a kindergarten`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub produces: String,
    /// An office, with how it is reached: `kindergartens@seljord.example`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
    /// A web page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page: String,
}

//! Who answers for the processing of personal data.

use serde::{Deserialize, Serialize};

use crate::TenantId;

/// The controller of a municipality's processing, as its record names it (GDPR article 30(1)(a)). Offices, never persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    pub tenant: TenantId,
    /// Postal address, e-mail, telephone.
    pub contact: String,
    /// The data protection officer (*personvernombud*), with how the office is reached.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub data_protection_officer: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub representative: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joint_controllers: Vec<String>,
    /// Where a dataset says nothing of its own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub security: String,
}

//! How one municipality uses a system.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::{OrganisationNumber, SystemId, TenantId};

/// Roles, processing agreement and assessments of one municipality for one system. Roles name offices and positions, never
/// persons: the log keeps them for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    pub system: SystemId,
    pub tenant: TenantId,
    /// *Systemeier*.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// *Systemansvarlig*.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub administrator: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub super_users: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
    /// What this municipality pays, in kroner; absent: an equal share of what the system costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_year_nok: Option<u64>,
    /// *Databehandleravtale*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing: Option<ProcessingAgreement>,
    /// The last risk assessment (*ROS*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_assessed_on: Option<Date>,
    /// The last data protection impact assessment (*DPIA*, GDPR article 35).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact_assessed_on: Option<Date>,
}

/// The data processing agreement (GDPR article 28), with its chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessingAgreement {
    /// From the municipality outward: company, vendor, sub-processors.
    pub chain: Vec<Processor>,
    /// Where the data is stored.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub storage: String,
    /// The basis of a transfer to a third country (GDPR chapter V); empty: there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub third_country_basis: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processor {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationNumber>,
    /// `operating company`, `vendor`, `sub-processor`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
}

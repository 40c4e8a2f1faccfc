//! What information there is, and what may be done with it.

use serde::{Deserialize, Serialize};

use crate::contract::{LegalBasis, Retention};
use crate::{OrganisationNumber, ResourceId, SystemId, TenantId};

/// A collection of information that a municipality keeps: the unit of the record of processing activities (GDPR article 30)
/// and of the public catalogue (`dcat:Dataset`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    pub id: ResourceId,
    pub tenant: TenantId,
    pub title: String,
    pub description: String,
    /// Its meaning, as in contracts: `person.address`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concepts: Vec<String>,
    /// A code of the EU's list of data themes: `EDUC`, `HEAL`, `GOVE`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub theme: String,
    /// Who publishes it; absent: the municipality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<OrganisationNumber>,
    /// The authoritative system.
    pub source: SystemId,
    /// Whom it concerns: `children`, `guardians`. Empty: nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub person_categories: Vec<String>,
    /// What is known of them: `contact details`, `health`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_categories: Vec<String>,
    /// Special categories of personal data (GDPR article 9), or convictions and offences (article 10).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub special_categories: bool,
    /// Who receives it, by category: `the archive`, `the tax authority`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<Transfer>,
    pub purpose: String,
    pub legal_basis: LegalBasis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// A general description of the security measures (GDPR article 32(1)); empty: the controller's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub security: String,
    pub accessibility: Accessibility,
    /// An office, with how it is reached.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
}

/// Who may see it (EU access right).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accessibility {
    Public,
    Restricted,
    NonPublic,
}

/// A transfer to a third country or an international organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The country or the organisation.
    pub to: String,
    /// The safeguards (GDPR article 46, or article 49(1)).
    pub safeguards: String,
}

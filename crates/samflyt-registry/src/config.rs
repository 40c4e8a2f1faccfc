//! The `[registry]` section.

use samflyt_events::OrganisationNumber;
use serde::{Deserialize, Serialize};

use crate::formats::{Provision, check_provisions, default_provisions};

/// Every field has a default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistryConfig {
    /// Organisation number of the company that runs the hub. At the first start it is given every scope for all tenants;
    /// all other grants follow from it. Empty: nobody, which leaves a new hub closed. `SAMFLYT_REGISTRY__OPERATOR`
    pub operator: String,
    /// What the names of all that is published begin with, and where others reach the hub. `SAMFLYT_REGISTRY__BASE_IRI`
    pub base_iri: String,
    /// The operating company, as its own record names it (GDPR article 30(2)).
    pub processor: ProcessorConfig,
    /// Which provisions the columns of the records answer, each from its date on. `SAMFLYT_REGISTRY__PROVISIONS` replaces
    /// all of them.
    pub provisions: Vec<Provision>,
}

/// What is empty shows as missing in the record. `SAMFLYT_REGISTRY__PROCESSOR__<KEY>`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProcessorConfig {
    pub name: String,
    /// Its number: by it the company is found in the chains of processing agreements.
    pub organisation: String,
    /// Postal address, e-mail, telephone.
    pub contact: String,
    pub representative: String,
    /// The office, with how it is reached; never a person.
    pub data_protection_officer: String,
    /// A general description of the security measures (GDPR article 32(1)).
    pub security: String,
}

impl Default for RegistryConfig {
    fn default() -> Self {
        Self {
            operator: String::new(),
            base_iri: "https://samflyt.example/".to_owned(),
            processor: ProcessorConfig::default(),
            provisions: default_provisions(),
        }
    }
}

impl RegistryConfig {
    /// # Errors
    /// Names the key, and what is wrong with it.
    pub(crate) fn check(&self) -> Result<(), (&'static str, String)> {
        oxrdf::NamedNode::new(&self.base_iri).map_err(|error| ("base_iri", error.to_string()))?;
        if !self.base_iri.ends_with(['/', '#']) {
            return Err(("base_iri", "does not end with `/` or `#`".to_owned()));
        }
        if !self.processor.organisation.is_empty() {
            OrganisationNumber::new(&self.processor.organisation)
                .map_err(|rule| ("processor.organisation", rule.to_owned()))?;
        }
        check_provisions(&self.provisions).map_err(|rule| ("provisions", rule))
    }
}

//! What is described by a document: the kinds of resources, and what each must fulfil.

mod agreement;
mod change;
mod check;
mod controller;
mod dataset;
mod process;
mod product;
mod service;
mod system;
mod template;
mod usage;

use serde::{Deserialize, Serialize};

pub use agreement::{Agreement, AgreementStatus};
pub use change::{Action, Analysis, Change, ChangeStatus, Decision, Gain, Measured};
pub use check::DOCUMENT_BYTES_MAX;
pub use controller::Controller;
pub use dataset::{Accessibility, Dataset, Transfer};
pub use process::{Process, Step};
pub use product::Product;
pub use service::Service;
pub use system::{Criticality, Lifecycle, System, Zone};
pub use template::template;
pub use usage::{ProcessingAgreement, Processor, Usage};

use super::Kind;
use crate::{HUB_TENANT, TenantId};

/// A resource, whichever kind it is of. As JSON, `kind` stands beside the document's own members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Resource {
    Product(Product),
    System(System),
    Usage(Usage),
    Process(Process),
    Dataset(Dataset),
    Service(Service),
    Agreement(Agreement),
    Change(Change),
    Controller(Controller),
}

impl Resource {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Product(_) => Kind::Product,
            Self::System(_) => Kind::System,
            Self::Usage(_) => Kind::Usage,
            Self::Process(_) => Kind::Process,
            Self::Dataset(_) => Kind::Dataset,
            Self::Service(_) => Kind::Service,
            Self::Agreement(_) => Kind::Agreement,
            Self::Change(_) => Kind::Change,
            Self::Controller(_) => Kind::Controller,
        }
    }

    /// Unique in its kind and owner.
    pub fn id(&self) -> &str {
        match self {
            Self::Product(product) => product.id.as_str(),
            Self::System(system) => system.id.as_str(),
            Self::Usage(usage) => usage.system.as_str(),
            Self::Process(process) => process.id.as_str(),
            Self::Dataset(dataset) => dataset.id.as_str(),
            Self::Service(service) => service.id.as_str(),
            Self::Agreement(agreement) => agreement.id.as_str(),
            Self::Change(change) => change.id.as_str(),
            Self::Controller(controller) => controller.tenant.as_str(),
        }
    }

    /// Whose it is; none: shared by all.
    pub fn tenant(&self) -> Option<&TenantId> {
        match self {
            Self::Product(_) => None,
            Self::System(system) => Some(&system.host),
            Self::Usage(usage) => Some(&usage.tenant),
            Self::Process(process) => Some(&process.tenant),
            Self::Dataset(dataset) => Some(&dataset.tenant),
            Self::Service(service) => Some(&service.tenant),
            Self::Agreement(agreement) => Some(&agreement.tenant),
            Self::Change(change) => Some(&change.tenant),
            Self::Controller(controller) => Some(&controller.tenant),
        }
    }

    /// The document as it is shown: without `kind`.
    pub fn document(&self) -> serde_json::Value {
        let value = match self {
            Self::Product(document) => serde_json::to_value(document),
            Self::System(document) => serde_json::to_value(document),
            Self::Usage(document) => serde_json::to_value(document),
            Self::Process(document) => serde_json::to_value(document),
            Self::Dataset(document) => serde_json::to_value(document),
            Self::Service(document) => serde_json::to_value(document),
            Self::Agreement(document) => serde_json::to_value(document),
            Self::Change(document) => serde_json::to_value(document),
            Self::Controller(document) => serde_json::to_value(document),
        };
        // Structs of strings, numbers and lists always serialise.
        value.unwrap_or_default()
    }
}

/// The owner under which shared resources are kept.
pub fn shared_owner() -> TenantId {
    // A constant of the right form.
    #[allow(clippy::expect_used)]
    TenantId::new(HUB_TENANT).expect("the hub's own name is a tenant id")
}

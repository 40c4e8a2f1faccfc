//! The catalogue's own events, as they stand in the registry's streams.

use serde::{Deserialize, Serialize};
use time::Date;

use super::{Attributes, Grant, System};
use crate::{Contract, ContractVersion, EventType, SystemId, TenantId, subject};

/// What the catalogue keeps: the third token of a shared subject, the fourth of a tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Tenant,
    System,
    Contract,
    Grant,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::System => "system",
            Self::Contract => "contract",
            Self::Grant => "grant",
        }
    }
}

/// A change, and why it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    #[serde(flatten)]
    pub event: CatalogueEvent,
    /// The reason that its author gave.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// `client_id` of the token, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

/// Facts of the catalogue. Serialised as the event's data, the variant's name as `fact`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum CatalogueEvent {
    TenantRegistered { id: TenantId, attributes: Attributes },
    TenantRenumbered { id: TenantId, attributes: Attributes },
    TenantRenamed { id: TenantId, attributes: Attributes },
    TenantMerged { id: TenantId, into: TenantId, on: Date },
    TenantSplit { id: TenantId, into: Vec<TenantId>, on: Date },
    SystemRegistered { system: System },
    SystemEnrolled { id: SystemId, tenant: TenantId },
    SystemReplaced { id: SystemId, by: SystemId, on: Date },
    SystemRetired { id: SystemId, on: Date },
    ContractPublished { contract: Box<Contract> },
    ContractRetired { kind: EventType, version: ContractVersion },
    GrantGiven { grant: Grant },
    GrantWithdrawn { id: String },
}

impl CatalogueEvent {
    /// `tenant.registered`: its event type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TenantRegistered { .. } => "tenant.registered",
            Self::TenantRenumbered { .. } => "tenant.renumbered",
            Self::TenantRenamed { .. } => "tenant.renamed",
            Self::TenantMerged { .. } => "tenant.merged",
            Self::TenantSplit { .. } => "tenant.split",
            Self::SystemRegistered { .. } => "system.registered",
            Self::SystemEnrolled { .. } => "system.enrolled",
            Self::SystemReplaced { .. } => "system.replaced",
            Self::SystemRetired { .. } => "system.retired",
            Self::ContractPublished { .. } => "contract.published",
            Self::ContractRetired { .. } => "contract.retired",
            Self::GrantGiven { .. } => "grant.given",
            Self::GrantWithdrawn { .. } => "grant.withdrawn",
        }
    }

    /// What it is about.
    pub fn entity(&self) -> &str {
        match self {
            Self::TenantRegistered { id, .. }
            | Self::TenantRenumbered { id, .. }
            | Self::TenantRenamed { id, .. }
            | Self::TenantMerged { id, .. }
            | Self::TenantSplit { id, .. } => id.as_str(),
            Self::SystemRegistered { system } => system.id.as_str(),
            Self::SystemEnrolled { id, .. }
            | Self::SystemReplaced { id, .. }
            | Self::SystemRetired { id, .. } => id.as_str(),
            Self::ContractPublished { contract } => contract.kind.as_str(),
            Self::ContractRetired { kind, .. } => kind.as_str(),
            Self::GrantGiven { grant } => &grant.id,
            Self::GrantWithdrawn { id } => id,
        }
    }
}

/// Where the events of one thing stand: the stream and the subject.
pub fn place(tenant: Option<&TenantId>, kind: Kind, id: &str) -> (String, String) {
    let id = subject::encode_token(id);
    match tenant {
        None => (subject::REGISTRY_STREAM.to_owned(), format!("registry.{}.{id}", kind.as_str())),
        Some(tenant) => {
            (subject::tenant_registry_stream(tenant), format!("registry.{tenant}.{}.{id}", kind.as_str()))
        }
    }
}

//! The catalogue's own events, as they stand in the registry's streams.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::Date;

use super::{Attributes, Grant, Resource, System};
use crate::{Contract, ContractVersion, EventType, SystemId, TenantId, subject};

/// What the catalogue keeps: the third token of a shared subject, the fourth of a tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Tenant,
    System,
    Contract,
    Grant,
    Product,
    Usage,
    Process,
    Dataset,
    Service,
    Agreement,
    Change,
    Controller,
}

impl Kind {
    /// The kinds that are described by a document ([`Resource`]).
    pub const DESCRIBED: [Self; 9] = [
        Self::Product,
        Self::System,
        Self::Usage,
        Self::Process,
        Self::Dataset,
        Self::Service,
        Self::Agreement,
        Self::Change,
        Self::Controller,
    ];

    /// The kinds of the shared stream. Of a system it holds who has its id.
    pub const SHARED: [Self; 5] = [Self::Tenant, Self::Product, Self::Contract, Self::Grant, Self::System];
    /// The kinds of a tenant's stream.
    pub const OWNED: [Self; 8] = [
        Self::System,
        Self::Usage,
        Self::Process,
        Self::Dataset,
        Self::Service,
        Self::Agreement,
        Self::Change,
        Self::Controller,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::System => "system",
            Self::Contract => "contract",
            Self::Grant => "grant",
            Self::Product => "product",
            Self::Usage => "usage",
            Self::Process => "process",
            Self::Dataset => "dataset",
            Self::Service => "service",
            Self::Agreement => "agreement",
            Self::Change => "change",
            Self::Controller => "controller",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let kinds = [Self::Tenant, Self::Contract, Self::Grant].into_iter().chain(Self::DESCRIBED);
        kinds.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What stands in the log: a fact of the catalogue, and why it was made so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    #[serde(flatten)]
    pub event: CatalogueEvent,
    /// The reason that its author gave.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// `client_id` of the token, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

/// What became of a resource: the second half of the event's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    Described,
    Changed,
    Removed,
    Drafted,
    Approved,
    Ended,
    Proposed,
    Analysed,
    Decided,
    CarriedOut,
    Withdrawn,
    Measured,
}

impl Turn {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Described => "described",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Drafted => "drafted",
            Self::Approved => "approved",
            Self::Ended => "ended",
            Self::Proposed => "proposed",
            Self::Analysed => "analysed",
            Self::Decided => "decided",
            Self::CarriedOut => "carried-out",
            Self::Withdrawn => "withdrawn",
            Self::Measured => "measured",
        }
    }
}

/// Facts of the catalogue. Serialised as the event's data, the variant's name as `fact`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum CatalogueEvent {
    TenantRegistered {
        id: TenantId,
        attributes: Attributes,
    },
    TenantRenumbered {
        id: TenantId,
        attributes: Attributes,
    },
    TenantRenamed {
        id: TenantId,
        attributes: Attributes,
    },
    TenantMerged {
        id: TenantId,
        into: TenantId,
        on: Date,
    },
    TenantSplit {
        id: TenantId,
        into: Vec<TenantId>,
        on: Date,
    },
    /// The id is the host's, in the whole hub: what keeps two hosts from registering the same one.
    SystemReserved {
        id: SystemId,
        host: TenantId,
    },
    SystemRegistered {
        system: System,
    },
    SystemEnrolled {
        id: SystemId,
        tenant: TenantId,
    },
    SystemReplaced {
        id: SystemId,
        by: SystemId,
        on: Date,
    },
    SystemRetired {
        id: SystemId,
        on: Date,
    },
    ContractPublished {
        contract: Box<Contract>,
    },
    ContractRetired {
        kind: EventType,
        version: ContractVersion,
    },
    GrantGiven {
        grant: Grant,
    },
    GrantWithdrawn {
        id: String,
    },
    /// A resource took a turn. It carries the whole state after it (of a removed one, the last before it).
    ResourceTurned {
        turn: Turn,
        resource: Box<Resource>,
    },
}

impl CatalogueEvent {
    /// `tenant.registered`: its event type.
    pub fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::TenantRegistered { .. } => "tenant.registered",
            Self::TenantRenumbered { .. } => "tenant.renumbered",
            Self::TenantRenamed { .. } => "tenant.renamed",
            Self::TenantMerged { .. } => "tenant.merged",
            Self::TenantSplit { .. } => "tenant.split",
            Self::SystemReserved { .. } => "system.reserved",
            Self::SystemRegistered { .. } => "system.registered",
            Self::SystemEnrolled { .. } => "system.enrolled",
            Self::SystemReplaced { .. } => "system.replaced",
            Self::SystemRetired { .. } => "system.retired",
            Self::ContractPublished { .. } => "contract.published",
            Self::ContractRetired { .. } => "contract.retired",
            Self::GrantGiven { .. } => "grant.given",
            Self::GrantWithdrawn { .. } => "grant.withdrawn",
            Self::ResourceTurned { turn, resource } => {
                return Cow::Owned(format!("{}.{}", resource.kind().as_str(), turn.as_str()));
            }
        })
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
            Self::SystemReserved { id, .. }
            | Self::SystemEnrolled { id, .. }
            | Self::SystemReplaced { id, .. }
            | Self::SystemRetired { id, .. } => id.as_str(),
            Self::ContractPublished { contract } => contract.kind.as_str(),
            Self::ContractRetired { kind, .. } => kind.as_str(),
            Self::GrantGiven { grant } => &grant.id,
            Self::GrantWithdrawn { id } => id,
            Self::ResourceTurned { resource, .. } => resource.id(),
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

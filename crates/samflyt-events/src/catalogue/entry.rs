//! What the catalogue holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::AsOf;
use crate::{CompiledContract, MunicipalityNumber, OrganisationNumber, SystemId, TenantId};

/// A municipality: the id is permanent, all else is dated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub id: TenantId,
    /// By `valid_from`, oldest first, never empty.
    pub history: Vec<Attributes>,
    /// The tenants that took over, and when.
    pub succeeded: Option<(Vec<TenantId>, Date)>,
}

/// What is true of a tenant from a date on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    pub valid_from: Date,
    pub municipality_number: MunicipalityNumber,
    pub organisation_number: OrganisationNumber,
    pub name: String,
}

impl Tenant {
    pub(super) fn new(id: TenantId, attributes: Attributes) -> Self {
        Self { id, history: vec![attributes], succeeded: None }
    }

    pub(super) fn become_from(&mut self, attributes: Attributes) {
        self.history.retain(|old| old.valid_from != attributes.valid_from);
        self.history.push(attributes);
        self.history.sort_by_key(|attributes| attributes.valid_from);
    }

    /// What is true on a date; before the first: the first.
    pub fn on(&self, date: Date) -> &Attributes {
        let held = self.history.iter().rev().find(|attributes| attributes.valid_from <= date);
        held.unwrap_or(&self.history[0])
    }
}

/// A published version of a contract.
#[derive(Debug, Clone)]
pub struct ContractEntry {
    pub compiled: Arc<CompiledContract>,
    pub published_at: OffsetDateTime,
    pub retired_at: Option<OffsetDateTime>,
}

impl ContractEntry {
    pub fn is_retired(&self) -> bool {
        self.retired_at.is_some()
    }

    /// Whether it was published and not retired at a moment; none: now.
    pub fn is_in_force(&self, moment: AsOf) -> bool {
        match moment {
            None => !self.is_retired(),
            Some(moment) => {
                self.published_at <= moment && self.retired_at.is_none_or(|retired| moment < retired)
            }
        }
    }
}

/// The scopes of section 8 of the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    #[serde(rename = "samflyt:publish")]
    Publish,
    #[serde(rename = "samflyt:consume")]
    Consume,
    #[serde(rename = "samflyt:archive")]
    Archive,
    #[serde(rename = "samflyt:query")]
    Query,
    #[serde(rename = "samflyt:registry")]
    Registry,
    #[serde(rename = "samflyt:evidence")]
    Evidence,
    #[serde(rename = "samflyt:admin")]
    Admin,
}

impl Scope {
    pub const ALL: [Self; 7] = [
        Self::Publish,
        Self::Consume,
        Self::Archive,
        Self::Query,
        Self::Registry,
        Self::Evidence,
        Self::Admin,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "samflyt:publish",
            Self::Consume => "samflyt:consume",
            Self::Archive => "samflyt:archive",
            Self::Query => "samflyt:query",
            Self::Registry => "samflyt:registry",
            Self::Evidence => "samflyt:evidence",
            Self::Admin => "samflyt:admin",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// `*`, or these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Wildcard<T: Ord> {
    Only(BTreeSet<T>),
    All(Star),
}

/// `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Star {
    #[serde(rename = "*")]
    Star,
}

impl<T: Ord> Wildcard<T> {
    pub const EVERY: Self = Self::All(Star::Star);

    pub fn covers(&self, item: &T) -> bool {
        match self {
            Self::All(_) => true,
            Self::Only(items) => items.contains(item),
        }
    }

    pub fn is_all(&self) -> bool {
        matches!(self, Self::All(_))
    }
}

/// What a client, or an organisation and the vendor acting for it, may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub id: String,
    pub organisation: OrganisationNumber,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<OrganisationNumber>,
    pub scopes: BTreeSet<Scope>,
    pub tenants: Wildcard<TenantId>,
    pub systems: Wildcard<SystemId>,
}

/// Who calls, as the token says.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    pub organisation: &'a str,
    pub client: Option<&'a str>,
    pub supplier: Option<&'a str>,
}

impl Grant {
    /// A grant of a municipality's own does not cover a vendor that acts for it: the vendor must be named.
    pub fn is_held_by(&self, holder: &Holder<'_>) -> bool {
        self.organisation.as_str() == holder.organisation
            && self.supplier.as_ref().map(OrganisationNumber::as_str) == holder.supplier
            && self.client.as_deref().is_none_or(|client| Some(client) == holder.client)
    }
}

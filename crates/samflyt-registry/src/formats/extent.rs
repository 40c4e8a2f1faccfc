//! What an export is about: the catalogue, whose part of it, and when.

use std::collections::{BTreeMap, BTreeSet};

use samflyt_events::TenantId;
use samflyt_events::catalogue::{AsOf, Attributes, Catalogue, Controller};
use samflyt_events::subject::{REGISTRY_STREAM, tenant_registry_stream};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::RegistryConfig;

pub(crate) struct Extent<'a> {
    pub catalogue: &'a Catalogue,
    pub config: &'a RegistryConfig,
    pub tenants: BTreeSet<TenantId>,
    /// None: now.
    pub as_of: AsOf,
    pub now: OffsetDateTime,
}

impl Extent<'_> {
    pub fn moment(&self) -> OffsetDateTime {
        self.as_of.unwrap_or(self.now)
    }

    pub fn moment_text(&self) -> String {
        self.moment().format(&Rfc3339).unwrap_or_default()
    }

    /// What a municipality is called then.
    pub fn attributes(&self, tenant: &TenantId) -> Option<&Attributes> {
        self.catalogue.tenant(tenant).map(|found| found.on(self.moment().date()))
    }

    pub fn controller(&self, tenant: &TenantId) -> Option<&Controller> {
        self.catalogue.controllers().get(tenant, tenant.as_str(), self.as_of).map(AsRef::as_ref)
    }

    /// The last sequence of each stream of the catalogue that is in the export.
    pub fn positions(&self) -> BTreeMap<String, u64> {
        let streams = self.tenants.iter().map(tenant_registry_stream).chain([REGISTRY_STREAM.to_owned()]);
        streams.map(|stream| (stream.clone(), self.catalogue.position(&stream))).collect()
    }

    /// The same, in one line.
    pub fn reach(&self) -> String {
        let positions = self.positions();
        let positions: Vec<String> =
            positions.iter().map(|(stream, sequence)| format!("{stream} {sequence}")).collect();
        format!("as of {}; the log up to {}", self.moment_text(), positions.join(", "))
    }
}

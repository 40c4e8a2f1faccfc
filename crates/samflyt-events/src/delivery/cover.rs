//! What agreements let a consumer have.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::Date;

use super::About;
use crate::catalogue::Catalogue;
use crate::{EventType, SystemId, TenantId};

/// The flows that are agreed on: provider and type. What a system published itself needs no agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    pub consumer: SystemId,
    pub flows: BTreeSet<(SystemId, EventType)>,
}

impl Cover {
    /// As the catalogue says for a day.
    pub fn of(catalogue: &Catalogue, tenant: &TenantId, consumer: &SystemId, on: Date) -> Self {
        let agreements = catalogue.agreements().of(tenant, None);
        let in_force = agreements.filter(|one| one.consumer == *consumer && one.is_in_force(on));
        let flows = in_force.flat_map(|one| {
            one.types.iter().map(|kind| (one.provider.clone(), kind.clone())).collect::<Vec<_>>()
        });
        Self { consumer: consumer.clone(), flows: flows.collect() }
    }

    pub fn covers(&self, about: &About<'_>) -> bool {
        about.provider == self.consumer.as_str()
            || self
                .flows
                .iter()
                .any(|(provider, kind)| provider.as_str() == about.provider && about.is_of_type(kind))
    }
}

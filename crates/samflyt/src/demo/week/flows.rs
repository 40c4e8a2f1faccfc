//! The flows that the week shows, as lineage must see them: by what led to what.

use std::collections::{BTreeMap, BTreeSet};

use super::archiving::REQUESTED;
use super::{Expect, Week};

/// Who gives what to whom, of which municipality's affairs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    pub tenant: String,
    pub provider: String,
    pub kind: String,
    pub consumer: String,
}

impl std::fmt::Display for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} → {} → {}", self.tenant, self.provider, self.kind, self.consumer)
    }
}

impl Week {
    /// What is accepted, and was caused by another system's event, is a flow from that system. The archive answers each
    /// request for a deposit.
    pub fn flows(&self) -> BTreeSet<Flow> {
        let mut flows = BTreeSet::new();
        for (tenant, planned) in &self.by_tenant {
            let accepted = planned.iter().filter(|planned| planned.expect == Expect::Accepted);
            let mut kinds = BTreeMap::new();
            for event in accepted.map(|planned| &planned.event) {
                kinds.insert(format!("{}/{}", event.system, event.id), event.r#type.as_str());
                if event.r#type == REQUESTED {
                    flows.insert(Flow {
                        tenant: tenant.clone(),
                        provider: event.system.clone(),
                        kind: REQUESTED.to_owned(),
                        consumer: format!("{tenant}-arkiv"),
                    });
                }
                let Some((provider, _)) = event.causation_id.split_once('/') else { continue };
                let Some(kind) = kinds.get(&event.causation_id) else { continue };
                if provider != event.system {
                    flows.insert(Flow {
                        tenant: tenant.clone(),
                        provider: provider.to_owned(),
                        kind: (*kind).to_owned(),
                        consumer: event.system.clone(),
                    });
                }
            }
        }
        flows
    }
}

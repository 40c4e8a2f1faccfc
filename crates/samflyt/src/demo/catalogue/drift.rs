//! What the hub must find when it holds the declared flows against the week's: worked out here by another way.

use std::collections::{BTreeMap, BTreeSet};

use samflyt_events::Contract;
use samflyt_proto::lineage::DriftKind;
use time::Date;

use super::Declared;
use crate::demo::week::Flow;

/// The flows that are not as they were declared, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift(pub BTreeMap<DriftKind, BTreeSet<Flow>>);

impl Drift {
    /// Of a week that is appended on a day, and looked at on the same.
    pub fn of(declared: &[Declared], flows: &BTreeSet<Flow>, contracts: &[Contract], on: Date) -> Self {
        let mut drift = Self::default();
        for flow in flows {
            let covering: Vec<&Declared> =
                declared.iter().filter(|of| of.was_approved() && of.covers(flow)).collect();
            let in_force: Vec<&&Declared> = covering.iter().filter(|of| of.is_in_force(on)).collect();
            if in_force.is_empty() {
                let kind = if covering.is_empty() { DriftKind::Shadow } else { DriftKind::Outlived };
                drift.add(kind, flow.clone());
            }
            let contract = contracts.iter().find(|contract| contract.kind.as_str() == flow.kind);
            let personal = contract.is_some_and(|contract| contract.personal_pointers().next().is_some());
            if personal && !in_force.iter().any(|of| of.states_a_basis()) {
                drift.add(DriftKind::NoLegalBasis, flow.clone());
            }
        }
        let in_force = declared.iter().filter(|of| of.is_in_force(on));
        for flow in in_force.flat_map(Declared::flows).filter(|flow| !flows.contains(flow)) {
            drift.add(DriftKind::NeverSeen, flow);
        }
        drift
    }

    pub fn add(&mut self, kind: DriftKind, flow: Flow) {
        self.0.entry(kind).or_default().insert(flow);
    }

    /// The flows of a kind.
    pub fn of_kind(&self, kind: DriftKind) -> &BTreeSet<Flow> {
        static NONE: BTreeSet<Flow> = BTreeSet::new();
        self.0.get(&kind).unwrap_or(&NONE)
    }
}

impl Declared {
    /// The flows that it is about.
    fn flows(&self) -> impl Iterator<Item = Flow> {
        let agreement = &self.agreement;
        agreement.types.iter().map(|kind| Flow {
            tenant: agreement.tenant.to_string(),
            provider: agreement.provider.to_string(),
            kind: kind.to_string(),
            consumer: agreement.consumer.to_string(),
        })
    }

    fn covers(&self, flow: &Flow) -> bool {
        self.flows().any(|of| of == *flow)
    }
}

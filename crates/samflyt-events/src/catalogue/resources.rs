//! Resources of the catalogue, whichever kind they are of.

use std::sync::Arc;

use super::{AsOf, Catalogue, History, Kind, Resource, State};
use crate::{SystemId, TenantId};

/// A state of a resource, whichever kind it is of.
pub type ResourceState = State<Resource>;

impl Catalogue {
    /// Every state of a resource, oldest first; a removed one has no value.
    pub fn resource_history(&self, kind: Kind, owner: &TenantId, id: &str) -> Vec<ResourceState> {
        macro_rules! of {
            ($shelf:ident, $variant:ident) => {
                self.$shelf.history(owner, id).map(|history| as_resources(history, Resource::$variant))
            };
        }
        let states = match kind {
            Kind::Product => of!(products, Product),
            Kind::Usage => of!(usages, Usage),
            Kind::Process => of!(processes, Process),
            Kind::Dataset => of!(datasets, Dataset),
            Kind::Service => of!(services, Service),
            Kind::Agreement => of!(agreements, Agreement),
            Kind::Change => of!(changes, Change),
            Kind::Controller => of!(controllers, Controller),
            Kind::System => {
                let history = SystemId::new(id).ok().and_then(|id| self.system_history(&id));
                let hosted = history.filter(|history| history.now().is_some_and(|now| now.host == *owner));
                hosted.map(|history| as_resources(history, Resource::System))
            }
            Kind::Tenant | Kind::Contract | Kind::Grant => None,
        };
        states.unwrap_or_default()
    }

    /// An owner's resources of a kind at a moment, by id.
    pub fn resources(&self, kind: Kind, owner: &TenantId, moment: AsOf) -> Vec<ResourceState> {
        macro_rules! of {
            ($shelf:ident, $variant:ident) => {
                self.$shelf
                    .states_of(owner, moment)
                    .map(|(_, state)| as_resource(state, Resource::$variant))
                    .collect()
            };
        }
        match kind {
            Kind::Product => of!(products, Product),
            Kind::Usage => of!(usages, Usage),
            Kind::Process => of!(processes, Process),
            Kind::Dataset => of!(datasets, Dataset),
            Kind::Service => of!(services, Service),
            Kind::Agreement => of!(agreements, Agreement),
            Kind::Change => of!(changes, Change),
            Kind::Controller => of!(controllers, Controller),
            Kind::System => {
                let hosted = self.systems_of(owner, moment).filter(|system| system.host == *owner);
                let histories = hosted.filter_map(|system| self.system_history(&system.id));
                let hosted = histories.filter_map(|history| history.state_at(moment));
                hosted.map(|state| as_resource(state, Resource::System)).collect()
            }
            Kind::Tenant | Kind::Contract | Kind::Grant => Vec::new(),
        }
    }
}

fn as_resources<T: Clone>(history: &History<T>, wrap: fn(T) -> Resource) -> Vec<ResourceState> {
    history.states().iter().map(|state| as_resource(state, wrap)).collect()
}

fn as_resource<T: Clone>(state: &State<T>, wrap: fn(T) -> Resource) -> ResourceState {
    let value = state.value.as_ref().map(|value| Arc::new(wrap(value.as_ref().clone())));
    State { revision: state.revision, at: state.at, by: state.by.clone(), value }
}

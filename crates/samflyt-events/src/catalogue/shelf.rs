//! Resources of one kind, by owner and id, each with its history. Cloning shares all of it: every change of the catalogue
//! makes a new one beside the old that readers still hold.

use std::sync::Arc;

use rpds::RedBlackTreeMapSync as Map;

use super::history::{AsOf, History, State};
use crate::TenantId;

/// Resources of one kind.
#[derive(Debug, Clone)]
pub struct Shelf<T> {
    owners: Map<TenantId, Map<Arc<str>, History<T>>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { owners: Map::new_sync() }
    }
}

impl<T: Clone> Shelf<T> {
    pub(super) fn push(&mut self, owner: &TenantId, id: &str, state: State<T>) {
        let mut owned = self.owners.get(owner).cloned().unwrap_or_else(Map::new_sync);
        match owned.get_mut(id) {
            Some(history) => history.push(state),
            None => {
                let mut history = History::default();
                history.push(state);
                owned.insert_mut(id.into(), history);
            }
        }
        self.owners.insert_mut(owner.clone(), owned);
    }
}

impl<T> Shelf<T> {
    pub fn history(&self, owner: &TenantId, id: &str) -> Option<&History<T>> {
        self.owners.get(owner)?.get(id)
    }

    pub fn get(&self, owner: &TenantId, id: &str, moment: AsOf) -> Option<&Arc<T>> {
        self.history(owner, id)?.at(moment)
    }

    /// The states of an owner's resources at a moment, by id; what was removed is left out.
    pub fn states_of(&self, owner: &TenantId, moment: AsOf) -> impl Iterator<Item = (&str, &State<T>)> {
        let owned = self.owners.get(owner).into_iter().flat_map(|owned| owned.iter());
        owned.filter_map(move |(id, history)| {
            history.state_at(moment).filter(|state| state.value.is_some()).map(|state| (&**id, state))
        })
    }

    /// An owner's resources at a moment, by id.
    pub fn of(&self, owner: &TenantId, moment: AsOf) -> impl Iterator<Item = &Arc<T>> {
        self.states_of(owner, moment).filter_map(|(_, state)| state.value.as_ref())
    }
}

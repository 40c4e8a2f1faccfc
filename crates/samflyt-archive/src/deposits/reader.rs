//! The deposits of one tenant as they are now.

use samflyt_events::{SystemId, TenantId};
use samflyt_projection::{StoreError, View};

use super::fold::{Deposit, State};
use super::keys;

pub(super) struct Deposits {
    pub tenant: TenantId,
    pub view: View,
}

impl Deposits {
    fn by_encoded(&self, reference: &str) -> Result<Option<Deposit>, StoreError> {
        let stored = self.view.get(&keys::request(self.tenant.as_str(), reference))?;
        stored.map(|bytes| Deposit::read(&bytes)).transpose()
    }

    /// Those in a state whose requests stand behind a sequence, oldest first.
    pub fn in_state(
        &self,
        state: State,
        after: u64,
    ) -> impl Iterator<Item = Result<Deposit, StoreError>> + use<'_> {
        let tenant = self.tenant.as_str();
        let from = keys::in_state(state, tenant, after.saturating_add(1));
        let to = keys::in_state(state, tenant, u64::MAX);
        self.view.range(&from..&to).filter_map(|pair| {
            let read = || {
                let reference = String::from_utf8(pair?.1);
                let reference =
                    reference.map_err(|_| StoreError::Corrupt("a reference is not of its form"))?;
                self.by_encoded(&reference)
            };
            read().transpose()
        })
    }

    /// How many have no answer.
    pub fn waiting(&self) -> Result<u64, StoreError> {
        let counts = self.view.scan_prefix(&keys::count(self.tenant.as_str(), State::Waiting, ""));
        counts.map(|pair| Ok(number(pair?.1))).sum()
    }

    /// How many there are in each state, by system.
    pub fn counts(&self) -> Result<Vec<(State, SystemId, u64)>, StoreError> {
        let prefix = keys::counts(self.tenant.as_str());
        let mut counts = Vec::new();
        for pair in self.view.scan_prefix(&prefix) {
            let (key, value) = pair?;
            let rest = key.get(prefix.len()..).and_then(<[u8]>::split_first);
            let state = rest.and_then(|(byte, _)| State::ALL.into_iter().find(|state| state.byte() == *byte));
            let system = rest.and_then(|(_, system)| SystemId::new(std::str::from_utf8(system).ok()?).ok());
            if let (Some(state), Some(system)) = (state, system) {
                counts.push((state, system, number(value)));
            }
        }
        Ok(counts)
    }
}

fn number(value: Vec<u8>) -> u64 {
    value.try_into().map_or(0, u64::from_be_bytes)
}

//! Every state that a thing of the catalogue has had, with when the hub learned of it: what is asked as of an earlier time
//! is answered from here.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::OrganisationNumber;

/// One state of a thing.
#[derive(Debug, Clone)]
pub struct State<T> {
    /// The sequence of the event in its stream: names the state.
    pub revision: u64,
    /// The log's own time.
    pub at: OffsetDateTime,
    /// Who made it so.
    pub by: Option<OrganisationNumber>,
    /// None: it was removed.
    pub value: Option<Arc<T>>,
}

/// The states of one thing, oldest first.
#[derive(Debug, Clone)]
pub struct History<T>(Vec<State<T>>);

impl<T> Default for History<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> History<T> {
    pub(super) fn push(&mut self, state: State<T>) {
        self.0.push(state);
    }

    pub fn states(&self) -> &[State<T>] {
        &self.0
    }

    /// The newest state, also where that is "removed".
    pub fn last(&self) -> Option<&State<T>> {
        self.0.last()
    }

    /// What it is now.
    pub fn now(&self) -> Option<&Arc<T>> {
        self.0.last()?.value.as_ref()
    }

    /// The state that held at a moment; none: now.
    pub fn state_at(&self, moment: AsOf) -> Option<&State<T>> {
        match moment {
            None => self.0.last(),
            // The log's times do not run backwards but where a broker's clock was set back: the last that fits counts.
            Some(moment) => self.0.iter().rev().find(|state| state.at <= moment),
        }
    }

    /// What it was at a moment; none: now.
    pub fn at(&self, moment: AsOf) -> Option<&Arc<T>> {
        self.state_at(moment)?.value.as_ref()
    }
}

/// A moment of the past; none: now.
pub type AsOf = Option<OffsetDateTime>;

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn each_earlier_state_is_still_there_at_its_time_and_a_removed_thing_is_gone() {
        let mut history = History::default();
        let day = |day: u8| datetime!(2026-03-01 12:00 UTC).replace_day(day).unwrap();
        for (revision, value) in [(1, Some("planned")), (2, Some("in use")), (3, None)] {
            let (value, at) = (value.map(Arc::new), day(u8::try_from(revision).unwrap() * 2));
            history.push(State { revision, at, by: None, value });
        }
        let at = |moment| history.at(moment).map(|value| **value);
        assert_eq!(at(Some(day(1))), None);
        assert_eq!(at(Some(day(2))), Some("planned"));
        assert_eq!(at(Some(day(5))), Some("in use"));
        assert_eq!(at(None), None);
        assert_eq!(history.last().map(|state| state.revision), Some(3));
    }
}

//! Urgent events: they go before those of other entities, also where these are read first. Their own entity's order stays.
//!
//! One that is far ahead of what was looked at makes its entity a held one: its events are read from the log by themselves
//! and sent up to the urgent one, and the log knows from which of them on. What was sent so is passed by when it is offered.

use std::sync::Arc;

use samflyt_events::EventType;
use samflyt_events::delivery::About;
use samflyt_log::Entry;

use super::held::Hold;
use super::{Cursor, Entity, HELD_MAX};

/// Entities at once of which something is sent ahead; the rest of those that are held failed.
const AHEAD_MAX: usize = HELD_MAX / 2;

/// Types that are urgent. What is history is not.
pub(crate) fn is_urgent(types: &[EventType], entry: &Entry) -> bool {
    let of_type =
        || About::of(&entry.subject).is_some_and(|about| types.iter().any(|kind| about.is_of_type(kind)));
    !types.is_empty() && of_type() && entry.header("ce-backfill") != Some("true")
}

impl Cursor {
    /// Takes in an urgent event that is ahead of what can be looked at. False: there is no room for it now.
    pub fn look_ahead(&mut self, entry: &Arc<Entry>) -> bool {
        let sequence = entry.sequence;
        let about = About::of(&entry.subject).filter(|about| self.has(sequence, about));
        let Some(about) = about.filter(|_| sequence >= self.next) else { return true };
        // What of it an earlier process had settled is known only when it was looked at.
        if self.resumed.is_some() {
            return false;
        }
        let entity: Entity = Arc::from(about.entity);
        if let Some(hold) = self.held.get_mut(&entity) {
            hold.send_to(sequence);
            if self.ready.contains(&entity) {
                self.unqueue(&entity);
                self.queue(entity);
            }
            return true;
        }
        if self.held.len() >= AHEAD_MAX {
            return false;
        }
        let flow = self.flows.remove(&entity).unwrap_or_default();
        self.unqueue(&entity);
        let own = flow
            .open
            .iter()
            .map(|open| open.entry.sequence)
            .chain(flow.waiting.iter().map(|one| one.sequence));
        let own: Vec<u64> = own.collect();
        for sequence in &own {
            self.pending.remove(sequence);
        }
        let mut hold = Hold::of(own.first().copied().unwrap_or(self.next), None, None);
        (hold.open, hold.queue) = (flow.open, flow.waiting);
        hold.send_to(sequence);
        self.held.insert(Arc::clone(&entity), hold);
        self.untold.held.insert(entity);
        self.untold.any = true;
        true
    }

    /// An entity's turn has come: before the others if something urgent of it waits.
    pub(super) fn queue(&mut self, entity: Entity) {
        let is_urgent = match self.held.get(&entity) {
            Some(hold) => {
                hold.front().is_some_and(|front| hold.ahead_to.is_some_and(|to| front.sequence <= to))
            }
            None => {
                let flow = self.flows.get(&entity);
                flow.is_some_and(|flow| {
                    flow.waiting.front().is_some_and(|front| front.sequence <= flow.urgent_to)
                })
            }
        };
        if is_urgent { self.hurried.push_back(entity) } else { self.ready.push_back(entity) }
    }

    pub(super) fn unqueue(&mut self, entity: &Entity) {
        self.ready.retain(|one| one != entity);
        self.hurried.retain(|one| one != entity);
    }

    /// What was looked at has reached what was sent ahead.
    pub(super) fn caught_up(&mut self) {
        while self.ahead.first().is_some_and(|(last, _)| *last < self.next) {
            let Some((_, entity)) = self.ahead.pop_first() else { return };
            self.free(&entity);
            if !self.held.contains_key(&entity) {
                self.untold.held.insert(entity);
                self.untold.any = true;
            }
        }
    }

    /// An entity is held only so that something urgent of it can be sent, and the log does not know.
    pub(super) fn is_ahead_untold(&self) -> bool {
        !self.untold.held.is_empty()
            && self.untold.held.iter().any(|entity| {
                self.held
                    .get(entity)
                    .is_some_and(|hold| !hold.told && hold.ahead_to.is_some() && hold.failed.is_none())
            })
    }

    /// Whether something is to be sent ahead.
    pub fn has_ahead(&self) -> bool {
        self.held.values().any(|hold| hold.is_ahead_of(self.next))
    }
}

impl Hold {
    /// Up to an urgent event, the entity's events are sent also where they were not looked at.
    fn send_to(&mut self, sequence: u64) {
        self.ahead_to = self.ahead_to.max(Some(sequence));
        self.behind = self.behind.max(Some(sequence));
    }

    fn is_ahead_of(&self, next: u64) -> bool {
        self.ahead_to.is_some_and(|to| to >= next && to >= self.from)
    }

    /// Where what may be sent ends.
    pub(super) fn end(&self, next: u64) -> u64 {
        self.ahead_to.map_or(next, |to| next.max(to + 1))
    }
}

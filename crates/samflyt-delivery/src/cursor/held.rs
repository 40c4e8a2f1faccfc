//! An entity whose events are held back: one failed, or what came behind it is being sent.

use std::collections::VecDeque;
use std::sync::Arc;

use samflyt_log::Entry;
use time::OffsetDateTime;

use super::{Cursor, Entity, Open};
use samflyt_events::delivery::{About, Failed, Held};

#[derive(Debug)]
pub(super) struct Hold {
    /// All of the entity's events from here on are not delivered.
    pub from: u64,
    pub failed: Option<Failed>,
    /// The last of the entity's events that went by; what is behind `from` and not known is read from the log.
    pub behind: Option<u64>,
    pub open: Option<Open>,
    /// Read from the log, from `from` on.
    pub queue: VecDeque<Arc<Entry>>,
    /// Somebody is reading.
    pub reading: bool,
    /// What is before this was in the log when the reading began; what came since may not have been read.
    pub read_to: u64,
    /// The log knows of the failure: it may be tried again.
    pub told: bool,
    /// An urgent event: up to it, they are sent before their turn.
    pub ahead_to: Option<u64>,
    /// Before this, an earlier process may have sent what is not delivered.
    pub doubtful_to: u64,
}

/// What has to be read from the log for an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToRead {
    /// As a token.
    pub entity: Arc<str>,
    pub from: u64,
}

impl Hold {
    pub fn of(from: u64, failed: Option<Failed>, behind: Option<u64>) -> Self {
        let (open, queue) = (None, VecDeque::new());
        let (reading, read_to, told, ahead_to, doubtful_to) = (false, 0, false, None, 0);
        Self { from, failed, behind, open, queue, reading, read_to, told, ahead_to, doubtful_to }
    }

    pub fn record(&self) -> Held {
        // What was sent is no matter any more.
        let ahead = self.ahead_to.filter(|to| *to >= self.from);
        Held { from: self.from, failed: self.failed.clone(), ahead }
    }

    pub fn attempt(&self) -> u32 {
        self.failed.as_ref().map_or(0, |failed| failed.tries) + 1
    }

    /// What may be sent now.
    pub fn front(&self) -> Option<Arc<Entry>> {
        if self.open.is_some() || self.failed.as_ref().is_some_and(Failed::is_dead_letter) {
            return None;
        }
        self.queue.front().cloned()
    }

    pub fn opened(&mut self, open: Open) {
        self.queue.pop_front();
        self.open = Some(open);
    }

    fn is_due(&self, now: OffsetDateTime) -> bool {
        let due = self.failed.as_ref().is_none_or(|failed| failed.again_at.is_some_and(|at| at <= now));
        let has_some = self.failed.is_some() || self.behind.is_some_and(|behind| behind >= self.from);
        self.told && due && has_some && self.open.is_none()
    }
}

impl Cursor {
    /// Held entities whose time has come: those that can be sent are ready then, and for the others it is said what to read.
    /// At most so many at once.
    pub fn due(&mut self, now: OffsetDateTime, most: usize) -> Vec<ToRead> {
        let (mut to_read, mut ready, next) = (Vec::new(), Vec::new(), self.next);
        for (entity, hold) in &mut self.held {
            if !hold.is_due(now) || hold.reading || (hold.queue.is_empty() && to_read.len() >= most) {
                continue;
            }
            hold.reading = true;
            if hold.queue.is_empty() {
                hold.read_to = hold.end(next);
                to_read.push(ToRead { entity: Arc::clone(entity), from: hold.from });
            } else {
                ready.push(Arc::clone(entity));
            }
        }
        ready.into_iter().for_each(|entity| self.queue(entity));
        to_read
    }

    /// What was read of an entity, ascending; `whole`: the log has no more of it.
    pub fn supply(&mut self, entity: &Entity, entries: Vec<Arc<Entry>>, whole: bool) {
        let next = self.held.get(entity).map_or(self.next, |hold| hold.end(self.next));
        let last = entries.last().map(|entry| entry.sequence);
        let wanted: Vec<Arc<Entry>> = entries
            .into_iter()
            .filter(|entry| entry.sequence < next)
            .filter(|entry| About::of(&entry.subject).is_some_and(|about| self.has(entry.sequence, &about)))
            .collect();
        let Some(hold) = self.held.get_mut(entity) else { return };
        hold.queue.extend(wanted.into_iter().filter(|entry| entry.sequence >= hold.from));
        if hold.queue.is_empty() {
            // All that was read is not the subscription's: go on behind it, or the entity is free.
            let reached =
                if whole { hold.read_to } else { last.map_or(hold.read_to, |last| (last + 1).min(next)) };
            hold.from = hold.from.max(reached);
            hold.reading = false;
            self.untold.held.insert(Arc::clone(entity));
            self.untold.any = true;
            self.free(entity);
        } else {
            self.queue(Arc::clone(entity));
        }
    }

    /// It could not be read: later again.
    pub fn not_supplied(&mut self, entity: &Entity) {
        if let Some(hold) = self.held.get_mut(entity) {
            hold.reading = false;
        }
    }

    /// An event of a held entity is settled: what is behind it comes next.
    pub(super) fn advance_held(&mut self, entity: &Entity, sequence: u64) {
        let Some(hold) = self.held.get_mut(entity) else { return };
        hold.from = sequence + 1;
        hold.failed = None;
        // Where something was to be sent ahead, the log may not know of it yet.
        hold.told |= hold.ahead_to.is_none();
        hold.reading = hold.told && !hold.queue.is_empty();
        let has_more = hold.reading;
        self.untold.held.insert(Arc::clone(entity));
        self.untold.any = true;
        if has_more {
            self.queue(Arc::clone(entity));
        } else {
            self.free(entity);
        }
    }

    /// Frees an entity of which nothing more is known behind.
    pub(super) fn free(&mut self, entity: &Entity) {
        let is_free = |hold: &Hold| {
            hold.failed.is_none()
                && hold.open.is_none()
                && hold.behind.is_none_or(|behind| behind < hold.from)
        };
        let Some(hold) = self.held.get(entity).filter(|hold| is_free(hold)) else { return };
        if hold.from > self.next {
            // Until then it is known by it what was sent.
            self.ahead.insert((hold.from - 1, Arc::clone(entity)));
        } else {
            self.held.remove(entity);
        }
    }

    /// Holds an entity back from an event that failed on; what waited behind it is read again when its turn comes.
    pub(super) fn hold(&mut self, entity: &Entity, entry: &Arc<Entry>, failed: Failed) {
        self.untold.held.insert(Arc::clone(entity));
        self.untold.any = true;
        if let Some(hold) = self.held.get_mut(entity) {
            hold.failed = Some(failed);
            hold.queue.push_front(Arc::clone(entry));
            (hold.told, hold.reading) = (false, false);
            return;
        }
        let flow = self.flows.remove(entity).unwrap_or_default();
        self.pending.remove(&entry.sequence);
        for behind in &flow.waiting {
            self.pending.remove(&behind.sequence);
        }
        let behind = flow.waiting.back().map(|last| last.sequence);
        let mut hold = Hold::of(entry.sequence, Some(failed), behind);
        hold.queue.push_back(Arc::clone(entry));
        hold.queue.extend(flow.waiting);
        self.held.insert(Arc::clone(entity), hold);
    }
}

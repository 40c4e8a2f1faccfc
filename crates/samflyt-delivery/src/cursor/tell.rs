//! What the log is told of a subscription, and how it is taken up again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::held::Hold;
use super::{Cursor, Entity, Resumed};
use samflyt_events::delivery::{Held, Limits, Rule, Step};

/// How far ahead of what was looked at the log lets send.
const AHEAD: u64 = if cfg!(test) { 24 } else { 4_096 };

/// Told, and not yet known to be in the log.
#[derive(Debug)]
pub(crate) struct Telling {
    pub step: Step,
    held: BTreeSet<Entity>,
    /// How many rules the log knows then.
    rules: usize,
}

/// What the log knows of a subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub next: u64,
    pub pending: Vec<u64>,
    pub window: u64,
    pub rules: Vec<Rule>,
    pub held: BTreeMap<String, Held>,
}

impl Cursor {
    /// Goes on where an earlier process was.
    pub fn resume(known: Known, limits: Limits) -> Self {
        let position = known.pending.first().copied().unwrap_or(known.next);
        let mut cursor = Self::new(position, limits);
        cursor.untold.interrupted = !known.pending.is_empty() || known.window >= known.next;
        cursor.doubtful_to = known.window + 1;
        cursor.rules_known = known.rules.len();
        cursor.rules = known.rules;
        cursor.resumed =
            Some(Resumed { next: known.next, pending: known.pending.into_iter().collect::<BTreeSet<_>>() });
        // What is behind a held event is not known any more: it is read until nothing comes.
        let behind = known.next.checked_sub(1);
        cursor.held = known
            .held
            .into_iter()
            .map(|(entity, held)| {
                let mut hold = Hold::of(held.from, held.failed, behind);
                hold.told = true;
                if let Some(to) = held.ahead {
                    hold.send_to(to);
                    hold.doubtful_to = to + 1;
                }
                (Arc::from(entity), hold)
            })
            .collect();
        let ahead = cursor.held.iter().filter(|(_, hold)| hold.from > cursor.next);
        let ahead: Vec<Entity> = ahead.map(|(entity, _)| Arc::clone(entity)).collect();
        ahead.iter().for_each(|entity| cursor.free(entity));
        cursor
    }

    /// Whether the log has to be told before anything else can be sent.
    pub fn has_to_tell(&self) -> bool {
        let beyond = |entity: &Entity| {
            let front = self.front_of(entity);
            front.is_some_and(|entry| self.is_beyond_window(entity, entry.sequence))
        };
        let is_next_beyond = self.next_entity().is_some_and(beyond);
        is_next_beyond || self.untold.rules > 0 || self.is_ahead_untold()
    }

    /// What the log is to be told, if anything; then it is being told.
    pub fn tell(&mut self, subscription: &str) -> Option<Telling> {
        if !self.untold.any && self.window >= self.next + AHEAD / 2 {
            return None;
        }
        let untold = std::mem::take(&mut self.untold);
        let named = |entity: &Entity| (entity.to_string(), self.held.get(entity).map(Hold::record));
        let rules = self.rules[self.rules.len() - untold.rules..].to_vec();
        let step = Step {
            subscription: subscription.to_owned(),
            next: self.told_next(),
            pending: self.told_pending(),
            window: self.told_next() + AHEAD,
            interrupted: untold.interrupted,
            rules,
            held: untold.held.iter().map(named).collect(),
            withheld: untold.withheld,
            discarded: untold.discarded,
        };
        Some(Telling { step, held: untold.held, rules: self.rules.len() })
    }

    /// While it takes up what an earlier process had, the log keeps knowing of that.
    pub(super) fn told_next(&self) -> u64 {
        self.resumed.as_ref().map_or(self.next, |resumed| resumed.next)
    }

    fn told_pending(&self) -> Vec<u64> {
        let behind = self.resumed.iter().flat_map(|resumed| resumed.pending.range(self.next..));
        self.pending.iter().chain(behind).copied().collect()
    }

    /// The log knows it.
    pub fn told(&mut self, telling: &Telling) {
        self.window = self.window.max(telling.step.window);
        self.rules_known = telling.rules;
        for entity in &telling.held {
            if self.untold.held.contains(entity) {
                continue;
            }
            if let Some(hold) = self.held.get_mut(entity) {
                hold.told = true;
            }
        }
    }
}

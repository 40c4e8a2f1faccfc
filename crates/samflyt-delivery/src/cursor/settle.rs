//! What consumers say of what they got.

use std::sync::Arc;

use samflyt_log::Entry;
use time::{Duration, OffsetDateTime};

use super::{ClientId, Cursor, Entity, Open};
use samflyt_events::delivery::About;
use samflyt_events::delivery::{Discarded, Failed};

/// What is said of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Delivered,
    /// Not wanted: a dead letter at once.
    Rejected(String),
    /// It could not be delivered; it is tried again. A pause that the consumer asked for holds for all of its events.
    Failed {
        reason: String,
        after: Option<Duration>,
    },
    /// Nobody knows what became of it.
    Lost(String),
    /// Asked for once more after a pause; it does not count as a try.
    Later(Duration),
}

impl Cursor {
    /// Takes a verdict. False: no such event is on its way.
    pub fn settle(&mut self, sequence: u64, entity: &str, verdict: Verdict, now: OffsetDateTime) -> bool {
        let entity: Entity = Arc::from(entity);
        let Some(open) = self.take_open(&entity, sequence) else { return false };
        self.open -= 1;
        self.untold.any = true;
        match verdict {
            Verdict::Delivered => {
                (self.failures, self.rest_until) = (0, None);
                self.delivered(&entity, &open.entry);
            }
            Verdict::Rejected(reason) => self.fail(&entity, &open.entry, reason, now, None, true),
            Verdict::Failed { reason, after } => {
                self.failures = self.failures.saturating_add(1);
                self.asked_until = self.asked_until.max(after.map(|pause| now + pause));
                if self.is_down() {
                    let tries = self.failures - super::DOWN_AFTER;
                    self.rest_until = Some(now + self.pause(tries).max(after.unwrap_or(Duration::ZERO)));
                }
                let again = self.again_at(&entity, now, after);
                self.fail(&entity, &open.entry, reason, now, again, true);
            }
            Verdict::Lost(reason) => {
                let again = self.again_at(&entity, now, None);
                self.fail(&entity, &open.entry, reason, now, again, true);
            }
            Verdict::Later(pause) => {
                let reason = "the consumer asked for it later".to_owned();
                self.fail(&entity, &open.entry, reason, now, Some(now + pause), false);
            }
        }
        true
    }

    fn take_open(&mut self, entity: &Entity, sequence: u64) -> Option<Open> {
        let slot = match self.held.get_mut(entity) {
            Some(hold) => &mut hold.open,
            None => &mut self.flows.get_mut(entity)?.open,
        };
        slot.take_if(|open| open.entry.sequence == sequence)
    }

    fn delivered(&mut self, entity: &Entity, entry: &Arc<Entry>) {
        if self.held.contains_key(entity) {
            self.advance_held(entity, entry.sequence);
        } else {
            self.pending.remove(&entry.sequence);
            self.after(entity);
        }
    }

    /// None: its time is over, and it is a dead letter.
    fn again_at(
        &self,
        entity: &Entity,
        now: OffsetDateTime,
        after: Option<Duration>,
    ) -> Option<OffsetDateTime> {
        let before = self.held.get(entity).and_then(|hold| hold.failed.as_ref());
        let tries = before.map_or(0, |failed| failed.tries);
        let first_at = before.map_or(now, |failed| failed.first_at);
        if now - first_at >= Duration::seconds(self.limits.try_for_s.into()) {
            return None;
        }
        let pause = self.pause(tries);
        // So that not all come back at one moment: up to a quarter more, told by the entity and the try.
        let spread =
            entity.bytes().fold(u64::from(tries), |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
        #[allow(clippy::cast_precision_loss, reason = "less than 250")]
        let jitter = pause * ((spread % 250) as f64 / 1_000.0);
        Some(now + (pause + jitter).max(after.unwrap_or(Duration::ZERO)))
    }

    /// The pause after so many tries before this one.
    fn pause(&self, tries: u32) -> Duration {
        let first = i64::from(self.limits.pause_first_s);
        let longest = i64::from(self.limits.pause_longest_s);
        Duration::seconds(first.saturating_mul(1 << tries.min(20)).min(longest))
    }

    fn fail(
        &mut self,
        entity: &Entity,
        entry: &Arc<Entry>,
        reason: String,
        now: OffsetDateTime,
        again_at: Option<OffsetDateTime>,
        counts: bool,
    ) {
        let before = self.held.get(entity).and_then(|hold| hold.failed.as_ref());
        let tries = before.map_or(0, |failed| failed.tries) + u32::from(counts);
        let first_at = before.map_or(now, |failed| failed.first_at);
        let failed = Failed { sequence: entry.sequence, tries, first_at, reason, again_at };
        self.hold(entity, entry, failed);
    }

    /// A client is gone: what it had may have reached it or not.
    pub fn lost(&mut self, client: ClientId, now: OffsetDateTime) {
        self.lose(|open| open.client == client, "the consumer's connection ended", now);
    }

    /// What was not settled in its time counts as lost on its way.
    pub fn expire(&mut self, now: OffsetDateTime) {
        let within = Duration::seconds(self.limits.settle_within_s.into());
        let is_over = move |open: &Open| now - open.sent_at >= within;
        self.lose(is_over, "it was not settled in its time", now);
    }

    fn lose(&mut self, is_lost: impl Fn(&Open) -> bool, reason: &str, now: OffsetDateTime) {
        let flows = self.flows.values().filter_map(|flow| flow.open.as_ref());
        let holds = self.held.values().filter_map(|hold| hold.open.as_ref());
        let lost = flows.chain(holds).filter(|open| is_lost(open));
        let lost: Vec<Arc<Entry>> = lost.map(|open| Arc::clone(&open.entry)).collect();
        for entry in lost {
            let Some(about) = About::of(&entry.subject) else { continue };
            self.settle(entry.sequence, about.entity, Verdict::Lost(reason.to_owned()), now);
        }
    }

    /// Dead letters are tried again, those that are meant: their entities go on in order. How many.
    pub fn redrive(&mut self, now: OffsetDateTime, is_meant: impl Fn(&str, &Failed) -> bool) -> usize {
        let mut count = 0;
        for (entity, hold) in &mut self.held {
            let Some(failed) = &mut hold.failed else { continue };
            if !failed.is_dead_letter() || !is_meant(entity, failed) {
                continue;
            }
            failed.again_at = Some(now);
            // Its time begins anew.
            failed.first_at = now;
            (hold.told, hold.reading) = (false, false);
            self.untold.held.insert(Arc::clone(entity));
            self.untold.any = true;
            count += 1;
        }
        count
    }

    /// Dead letters that are meant are given up, on record; their entities go on behind them. How many.
    pub fn discard(&mut self, reason: &str, by: &str, is_meant: impl Fn(&str, &Failed) -> bool) -> usize {
        let meant = self.held.iter().filter_map(|(entity, hold)| {
            let failed = hold.failed.as_ref()?;
            (failed.is_dead_letter() && is_meant(entity, failed))
                .then(|| (Arc::clone(entity), failed.sequence))
        });
        let meant: Vec<(Entity, u64)> = meant.collect();
        for (entity, sequence) in &meant {
            let discarded = Discarded { sequence: *sequence, reason: reason.to_owned(), by: by.to_owned() };
            self.untold.discarded.push(discarded);
            if let Some(hold) = self.held.get_mut(entity) {
                hold.queue.retain(|entry| entry.sequence > *sequence);
            }
            self.advance_held(entity, *sequence);
        }
        meant.len()
    }
}

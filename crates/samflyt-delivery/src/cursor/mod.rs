//! How far one subscription is: which of its events are to be sent, are on their way, are held back.
//!
//! Pure: time and events come in, what is to be sent comes out. Kept true: of an entity one event is on its way at a time,
//! in the order of the log; one that fails holds back its entity and nothing else; every event that the rules have is sent,
//! withheld, or discarded by somebody; what may be sent twice is in the log before.

mod held;
mod settle;
mod tell;
#[cfg(test)]
mod tests;
mod urgent;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use samflyt_events::EventType;
use samflyt_log::Entry;
use time::OffsetDateTime;

use held::Hold;
use samflyt_events::delivery::About;
use samflyt_events::delivery::{Discarded, Held, Limits, Rule};

pub(crate) use held::ToRead;
pub(crate) use settle::Verdict;
pub(crate) use tell::{Known, Telling};
pub(crate) use urgent::is_urgent;

/// Entities that are held back at once, at most: then nothing new is looked at until one of them goes on.
const HELD_MAX: usize = 1_024;
/// So many failures in a row mean that the consumer is down: then one event is tried at a time, after a rest.
const DOWN_AFTER: u32 = 8;

/// Who an event was sent to.
pub(crate) type ClientId = u64;
type Entity = Arc<str>;

/// An event that is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Sending {
    pub entry: Arc<Entry>,
    /// From 1.
    pub attempt: u32,
    /// It may have been sent before.
    pub redelivery: bool,
}

#[derive(Debug)]
struct Open {
    entry: Arc<Entry>,
    client: ClientId,
    sent_at: OffsetDateTime,
}

/// An entity that is not held back.
#[derive(Debug, Default)]
struct Flow {
    open: Option<Open>,
    waiting: VecDeque<Arc<Entry>>,
    /// The last of them that is urgent; 0: none.
    urgent_to: u64,
}

#[derive(Debug)]
pub(crate) struct Cursor {
    pub limits: Limits,
    /// Types that go before others.
    pub urgent: Arc<[EventType]>,
    rules: Vec<Rule>,
    /// How many of them the log knows: by the others nothing is sent, or a start that does not know them would look again at
    /// what was passed by before.
    rules_known: usize,
    /// The first sequence that was not looked at.
    next: u64,
    flows: HashMap<Entity, Flow>,
    /// Entities whose first waiting event may be sent, in their turn.
    ready: VecDeque<Entity>,
    /// Those of which something is urgent: they go before.
    hurried: VecDeque<Entity>,
    /// Sequences that are open or waiting, of entities that are not held back.
    pending: BTreeSet<u64>,
    open: usize,
    /// Failures since the last event that was delivered.
    failures: u32,
    /// The consumer is down: nothing is sent before.
    rest_until: Option<OffsetDateTime>,
    /// The consumer asked for a pause: nothing is sent before, whatever else it takes meanwhile.
    asked_until: Option<OffsetDateTime>,
    held: BTreeMap<Entity, Hold>,
    /// Entities of which something was sent that was not looked at: its last sequence.
    ahead: BTreeSet<(u64, Entity)>,
    /// Sequences before this may have been sent by an earlier process, as far as they are above its position.
    doubtful_to: u64,
    /// What was pending when an earlier process ended; what is settled above its position is not offered again.
    resumed: Option<Resumed>,
    /// The last sequence that the log knows may be sent.
    window: u64,
    untold: Untold,
}

/// Where an earlier process was.
#[derive(Debug)]
struct Resumed {
    next: u64,
    pending: BTreeSet<u64>,
}

/// What changed since the log was told.
#[derive(Debug, Default)]
struct Untold {
    any: bool,
    interrupted: bool,
    rules: usize,
    held: BTreeSet<Entity>,
    withheld: Vec<u64>,
    discarded: Vec<Discarded>,
}

/// What became of an event that was offered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    Taken,
    /// Too much is on its way: offer it again later.
    Full,
}

impl Cursor {
    /// At a new subscription's beginning.
    pub fn new(from: u64, limits: Limits) -> Self {
        Self {
            limits,
            urgent: Arc::default(),
            rules: Vec::new(),
            rules_known: 0,
            next: from.max(1),
            flows: HashMap::new(),
            ready: VecDeque::new(),
            hurried: VecDeque::new(),
            pending: BTreeSet::new(),
            open: 0,
            failures: 0,
            rest_until: None,
            asked_until: None,
            held: BTreeMap::new(),
            ahead: BTreeSet::new(),
            doubtful_to: 0,
            resumed: None,
            window: 0,
            untold: Untold { any: true, ..Untold::default() },
        }
    }

    /// The first sequence that it has to be offered.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// All of its events up to this are settled or held back.
    pub fn position(&self) -> u64 {
        self.pending.first().map_or(self.next, |first| *first) - 1
    }

    pub fn in_flight(&self) -> usize {
        self.open
    }

    /// From here on other events are the subscription's.
    pub fn set_rule(&mut self, rule: Rule) {
        if self.rules.last().is_some_and(|last| last.filter == rule.filter && last.cover == rule.cover) {
            return;
        }
        let rule = Rule { from: self.told_next().max(rule.from), ..rule };
        // One that never held for an event is replaced, not kept.
        if self.untold.rules > 0 && self.rules.last().is_some_and(|last| last.from == rule.from) {
            self.rules.pop();
            self.untold.rules -= 1;
        }
        self.rules.push(rule);
        self.untold.rules += 1;
        self.untold.any = true;
    }

    fn rule_at(&self, sequence: u64) -> Option<&Rule> {
        self.rules.iter().rev().find(|rule| rule.from <= sequence)
    }

    /// Whether an event is the subscription's.
    fn has(&self, sequence: u64, about: &About<'_>) -> bool {
        self.rule_at(sequence).is_some_and(|rule| rule.filter.matches(about) && rule.cover.covers(about))
    }

    /// Offers the log's next event; each sequence once, ascending.
    pub fn offer(&mut self, entry: &Arc<Entry>) -> Offered {
        let sequence = entry.sequence;
        if sequence < self.next {
            return Offered::Taken;
        }
        let about = About::of(&entry.subject).filter(|about| self.has(sequence, about));
        let entity = about.filter(|_| !self.is_settled(sequence)).map(|about| Arc::<str>::from(about.entity));
        if let Some(entity) = entity {
            if let Some(hold) = self.held.get_mut(&entity) {
                hold.behind = hold.behind.max(Some(sequence));
            } else {
                let is_full = self.pending.len() >= 2 * self.limits.in_flight as usize;
                if is_full || self.held.len() >= HELD_MAX {
                    return Offered::Full;
                }
                self.pending.insert(sequence);
                self.untold.any = true;
                let is_urgent = is_urgent(&self.urgent, entry);
                let flow = self.flows.entry(Arc::clone(&entity)).or_default();
                flow.waiting.push_back(Arc::clone(entry));
                if is_urgent {
                    flow.urgent_to = sequence;
                }
                if flow.open.is_none() && (flow.waiting.len() == 1 || is_urgent) {
                    if is_urgent {
                        self.unqueue(&entity);
                    }
                    self.queue(entity);
                }
            }
        }
        self.passed(sequence);
        Offered::Taken
    }

    /// Everything up to a sequence was looked at, or is not the subscription's.
    pub fn passed(&mut self, sequence: u64) {
        if sequence >= self.next {
            self.next = sequence + 1;
            self.caught_up();
        }
        if self.resumed.as_ref().is_some_and(|resumed| self.next >= resumed.next) {
            self.resumed = None;
        }
    }

    /// Settled by an earlier process, above its position.
    fn is_settled(&self, sequence: u64) -> bool {
        self.resumed
            .as_ref()
            .is_some_and(|resumed| sequence < resumed.next && !resumed.pending.contains(&sequence))
    }

    /// Whether one more may be on its way.
    pub fn has_room(&self, now: OffsetDateTime) -> bool {
        let most = if self.is_down() { 1 } else { self.limits.in_flight as usize };
        self.open < most && self.rests_until(now).is_none()
    }

    /// Whether something waits that may be on its way.
    pub fn is_ready(&self, now: OffsetDateTime) -> bool {
        self.next_entity().is_some() && self.has_room(now)
    }

    /// Whether the consumer takes nothing at the moment.
    pub fn is_down(&self) -> bool {
        self.failures >= DOWN_AFTER
    }

    /// Whether it can be offered more.
    pub fn takes_more(&self) -> bool {
        self.pending.len() < self.limits.in_flight as usize
    }

    /// The next event that may be sent to a client; it is on its way then. `may`: what holds now lets it through.
    pub fn send(
        &mut self,
        client: ClientId,
        now: OffsetDateTime,
        may: impl Fn(&About<'_>) -> bool,
    ) -> Option<Sending> {
        while self.has_room(now) {
            let entity = Arc::clone(self.next_entity()?);
            let entry = self.front_of(&entity);
            if entry.as_ref().is_some_and(|entry| self.is_beyond_window(&entity, entry.sequence)) {
                return None;
            }
            self.hurried.pop_front().or_else(|| self.ready.pop_front());
            let Some(entry) = entry else { continue };
            if !About::of(&entry.subject).is_some_and(|about| may(&about)) {
                self.withhold(&entity, &entry);
                continue;
            }
            let hold = self.held.get(&entity);
            let attempt = hold.map_or(1, Hold::attempt);
            let failed = hold.is_some_and(|hold| hold.failed.is_some());
            let doubtful_to = hold.map_or(0, |hold| hold.doubtful_to).max(self.doubtful_to);
            let redelivery = failed || entry.sequence < doubtful_to;
            let open = Open { entry: Arc::clone(&entry), client, sent_at: now };
            match self.held.get_mut(&entity) {
                Some(hold) => hold.opened(open),
                None => {
                    let flow = self.flows.entry(entity).or_default();
                    flow.waiting.pop_front();
                    flow.open = Some(open);
                }
            }
            self.open += 1;
            return Some(Sending { entry, attempt, redelivery });
        }
        None
    }

    /// Whose turn it is: what is urgent goes before.
    fn next_entity(&self) -> Option<&Entity> {
        self.hurried.front().or_else(|| self.ready.front())
    }

    /// Of a held entity, the log knows from where on anything may be sent.
    fn is_beyond_window(&self, entity: &Entity, sequence: u64) -> bool {
        let is_by_new_rule = self.rules.get(self.rules_known).is_some_and(|rule| rule.from <= sequence);
        is_by_new_rule || (sequence > self.window && !self.held.contains_key(entity))
    }

    fn front_of(&self, entity: &Entity) -> Option<Arc<Entry>> {
        match self.held.get(entity) {
            Some(hold) => hold.front(),
            None => self.flows.get(entity)?.waiting.front().cloned(),
        }
    }

    fn withhold(&mut self, entity: &Entity, entry: &Arc<Entry>) {
        self.untold.withheld.push(entry.sequence);
        self.untold.any = true;
        if let Some(hold) = self.held.get_mut(entity) {
            hold.queue.pop_front();
            self.advance_held(entity, entry.sequence);
            return;
        }
        if let Some(flow) = self.flows.get_mut(entity) {
            flow.waiting.pop_front();
        }
        self.pending.remove(&entry.sequence);
        self.after(entity);
    }

    /// What is behind in a flow comes next.
    fn after(&mut self, entity: &Entity) {
        match self.flows.get(entity) {
            Some(flow) if flow.open.is_none() && flow.waiting.is_empty() => drop(self.flows.remove(entity)),
            Some(flow) if flow.open.is_none() => self.queue(Arc::clone(entity)),
            _ => {}
        }
    }

    /// Whether an event is on its way.
    pub fn is_open(&self, entity: &str, sequence: u64) -> bool {
        let open = match self.held.get(entity) {
            Some(hold) => hold.open.as_ref(),
            None => self.flows.get(entity).and_then(|flow| flow.open.as_ref()),
        };
        open.is_some_and(|open| open.entry.sequence == sequence)
    }

    /// When the hub learned of the oldest event that is not settled, as far as that is known.
    pub fn oldest_at(&self) -> Option<OffsetDateTime> {
        let flows = self.flows.values().flat_map(|flow| {
            let open = flow.open.as_ref().map(|open| &open.entry);
            open.into_iter().chain(flow.waiting.front())
        });
        let held = self
            .held
            .values()
            .filter_map(|hold| hold.open.as_ref().map(|open| &open.entry).or_else(|| hold.queue.front()));
        flows.chain(held).map(|entry| entry.learned_at).min()
    }

    /// Until when nothing is sent, as the consumer is down or asked for a pause.
    pub fn rests_until(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.rest_until.max(self.asked_until).filter(|until| *until > now)
    }

    /// Held entities, by name.
    pub fn held(&self) -> impl Iterator<Item = (&str, Held)> {
        self.held.iter().map(|(entity, hold)| (&**entity, hold.record()))
    }
}

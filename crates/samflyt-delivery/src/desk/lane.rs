//! A subscription in memory: how far it is, and who takes its events.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use samflyt_log::Entry;
use time::OffsetDateTime;
use tokio::sync::mpsc;

use super::command::{Named, Outgoing};
use super::feed::{Reader, Recent};
use crate::cursor::{ClientId, Cursor, Offered};
use samflyt_events::delivery::{About, Cover, Rule, Subscription};

/// Over how many seconds the rate is counted.
const RATE_S: i64 = 10;
/// Urgent events that wait until they can be sent before others.
const URGENT_MAX: usize = 1_024;

pub(super) struct Lane {
    pub subscription: Subscription,
    /// Of its last state in the log.
    pub sequence: u64,
    pub cursor: Cursor,
    /// What agreements let through now.
    pub cover: Cover,
    reader: Option<Reader>,
    /// Read, and not taken yet.
    left: Option<Arc<Entry>>,
    /// Urgent events that came and were not looked at.
    urgent: VecDeque<Arc<Entry>>,
    /// Why an event failed the last time, and when.
    pub last_failure: Option<(String, OffsetDateTime)>,
    /// When events were settled: the second, and how many.
    settled: VecDeque<(i64, u64)>,
    /// Since the metrics were told.
    pub settled_unmeasured: u64,
    /// It has ended, and the metrics know.
    pub measured_last: bool,
}

/// Somebody who takes the events of a subscription and of its replays.
pub(super) struct Client {
    pub id: ClientId,
    pub subscription: String,
    pub most: usize,
    /// Nothing is sent to it for now.
    pub rests: bool,
    events: mpsc::Sender<Outgoing>,
    /// What it has: the entity of each, as a token.
    pub has: HashMap<Named, Arc<str>>,
}

impl Client {
    pub fn new(id: ClientId, subscription: String, most: usize) -> (Self, mpsc::Receiver<Outgoing>) {
        let (events, received) = mpsc::channel(most.max(1));
        (Self { id, subscription, most: most.max(1), rests: false, events, has: HashMap::new() }, received)
    }

    pub fn is_gone(&self) -> bool {
        self.events.is_closed()
    }

    fn has_room(&self) -> bool {
        !self.rests && self.has.len() < self.most && !self.events.is_closed() && self.events.capacity() > 0
    }
}

impl Lane {
    pub fn new(subscription: Subscription, sequence: u64, cursor: Cursor, cover: Cover) -> Self {
        let mut lane = Self {
            subscription,
            sequence,
            cursor,
            cover,
            reader: None,
            left: None,
            urgent: VecDeque::new(),
            last_failure: None,
            settled: VecDeque::new(),
            settled_unmeasured: 0,
            measured_last: false,
        };
        lane.set_rule();
        lane
    }

    /// Where a replay ends.
    pub fn until(&self) -> Option<u64> {
        self.subscription.replay.as_ref().map(|replay| replay.until)
    }

    pub fn is_active(&self) -> bool {
        self.subscription.is_active()
    }

    /// From the next event on, it is as the subscription and the agreements say now.
    pub fn set_rule(&mut self) {
        let rule = Rule {
            from: self.subscription.from,
            filter: self.subscription.filter.clone(),
            cover: self.cover.clone(),
        };
        self.cursor.limits = self.subscription.limits;
        self.cursor.set_rule(rule);
    }

    /// Takes in what it can: of what is new, else of what is read; then what is urgent.
    pub fn take_in(&mut self, recent: &Recent, head: u64, read: impl Fn(u64) -> Reader) {
        self.take_in_turn(recent, head, read);
        if self.is_active() {
            self.look_ahead();
        }
    }

    fn take_in_turn(&mut self, recent: &Recent, head: u64, read: impl Fn(u64) -> Reader) {
        if !self.is_active() {
            self.reader = None;
            return;
        }
        let end = self.until().unwrap_or(u64::MAX).min(head);
        while self.cursor.next() <= end && self.cursor.takes_more() {
            match self.take_recent(recent, end) {
                Some(Offered::Taken) => continue,
                Some(Offered::Full) => return,
                None => {}
            }
            let reader = self.reader.get_or_insert_with(|| read(self.cursor.next()));
            let Some(entry) = self.left.take().or_else(|| reader.next()) else { return };
            if entry.sequence > end {
                self.cursor.passed(end);
            } else if self.cursor.offer(&entry) == Offered::Full {
                self.left = Some(entry);
                return;
            }
        }
        if self.cursor.next() > end {
            (self.reader, self.left) = (None, None);
        }
    }

    /// An urgent event has come. What is too many is sent in its turn.
    pub fn note_urgent(&mut self, entry: &Arc<Entry>) {
        let is_wanted = !self.subscription.has_ended() && self.subscription.replay.is_none();
        if is_wanted && self.cursor.next() <= entry.sequence && self.urgent.len() < URGENT_MAX {
            self.urgent.push_back(Arc::clone(entry));
        }
    }

    /// Lets urgent events go before what is in front of them.
    fn look_ahead(&mut self) {
        while self.urgent.front().is_some_and(|entry| self.cursor.look_ahead(entry)) {
            self.urgent.pop_front();
        }
    }

    /// None: what it needs is not among the newest.
    fn take_recent(&mut self, recent: &Recent, end: u64) -> Option<Offered> {
        let entries = recent.since(self.cursor.next())?;
        (self.reader, self.left) = (None, None);
        for entry in entries {
            if entry.sequence > end {
                break;
            }
            if self.cursor.offer(entry) == Offered::Full {
                return Some(Offered::Full);
            }
        }
        // The log ends here, or what is behind is not its own.
        self.cursor.passed(end);
        Some(Offered::Taken)
    }

    /// Sends what may be sent to clients that have room. Returns whom it could not reach.
    pub fn send(&mut self, clients: &mut [Client], now: OffsetDateTime) -> Vec<ClientId> {
        let mut gone = Vec::new();
        // Most have nothing to send: no client is looked for then.
        if !self.is_active() || !self.cursor.is_ready(now) {
            return gone;
        }
        let replay = self.subscription.replay.as_ref().map(|_| self.subscription.id.clone());
        let Self { subscription, cursor, cover, .. } = self;
        let served_by = subscription.replay.as_ref().map_or(&subscription.id, |replay| &replay.of);
        loop {
            let with_room = clients.iter_mut().filter(|client| {
                client.subscription == *served_by && client.has_room() && !gone.contains(&client.id)
            });
            let Some(client) = with_room.min_by_key(|client| client.has.len()) else { return gone };
            let may = |about: &About<'_>| subscription.filter.matches(about) && cover.covers(about);
            let Some(sending) = cursor.send(client.id, now, may) else { return gone };
            let entity = About::of(&sending.entry.subject).map_or("", |about| about.entity);
            let lane = replay.clone().unwrap_or_default();
            let named = Named { replay: lane.clone(), sequence: sending.entry.sequence };
            client.has.insert(named, Arc::from(entity));
            if client.events.try_send(Outgoing { sending, lane }).is_err() {
                gone.push(client.id);
            }
        }
    }

    /// When the hub learned of the oldest event that is not settled, as far as that is known: of what was not looked at,
    /// where it is among the newest.
    pub fn oldest_at(&self, recent: &Recent) -> Option<OffsetDateTime> {
        let ahead = || {
            let Self { subscription, cover, .. } = self;
            let meant = |about: About<'_>| subscription.filter.matches(&about) && cover.covers(&about);
            let mut next = recent.since(self.cursor.next())?;
            next.find(|entry| About::of(&entry.subject).is_some_and(meant)).map(|entry| entry.learned_at)
        };
        let left = self.left.as_ref().map(|entry| entry.learned_at);
        self.cursor.oldest_at().or(left).or_else(ahead)
    }

    pub fn count_settled(&mut self, now: OffsetDateTime) {
        self.settled_unmeasured += 1;
        let second = now.unix_timestamp();
        match self.settled.back_mut() {
            Some((last, count)) if *last == second => *count += 1,
            _ => self.settled.push_back((second, 1)),
        }
        while self.settled.front().is_some_and(|(at, _)| *at + RATE_S < second) {
            self.settled.pop_front();
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn rate(&self, now: OffsetDateTime) -> f64 {
        let since = now.unix_timestamp() - RATE_S;
        let count: u64 = self.settled.iter().filter(|(at, _)| *at >= since).map(|(_, count)| count).sum();
        count as f64 / RATE_S as f64
    }
}

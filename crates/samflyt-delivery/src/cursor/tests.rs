use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use samflyt_events::{EventType, SystemId};
use time::{Duration, OffsetDateTime};

use super::*;
use crate::cursor::tell::Known;
use samflyt_events::delivery::Cover;
use samflyt_events::delivery::Filter;
use samflyt_events::delivery::{Limits, Rule};

const START: OffsetDateTime = time::macros::datetime!(2026-03-02 8:00 UTC);

fn entry(sequence: u64, entity: u8) -> Arc<Entry> {
    // Every third is urgent.
    let kind = if sequence.is_multiple_of(3) { "alarm.raised" } else { "case.opened" };
    let subject = format!("events.seljord.{kind}.seljord-acos.e{entity}");
    Arc::new(Entry::new(subject, sequence, START, 0, [], "{}"))
}

fn rule() -> Rule {
    let consumer = SystemId::new("seljord-visma").unwrap();
    let flow = |kind| (SystemId::new("seljord-acos").unwrap(), EventType::new(kind).unwrap());
    let flows = BTreeSet::from([flow("case.opened"), flow("alarm.raised")]);
    Rule { from: 1, filter: Filter::default(), cover: Cover { consumer, flows } }
}

fn urgent() -> Arc<[EventType]> {
    Arc::new([EventType::new("alarm.raised").unwrap()])
}

fn limits() -> Limits {
    Limits { in_flight: 4, try_for_s: 20, ..Limits::default() }
}

/// The log as a cursor's steps leave it.
#[derive(Default, Clone)]
struct Log {
    known: Known,
    /// Sequences that may have been sent twice, by what the log says.
    doubtful: BTreeSet<u64>,
    discarded: BTreeSet<u64>,
}

impl Log {
    fn take(&mut self, step: &samflyt_events::delivery::Step, events: &[Arc<Entry>]) {
        if step.interrupted {
            self.doubtful.extend(&self.known.pending);
            self.doubtful.extend(self.known.next..=self.known.window);
            for event in events {
                let held = self.known.held.get(About::of(&event.subject).unwrap().entity);
                self.doubtful.extend(held.filter(|held| held.from <= event.sequence).map(|_| event.sequence));
            }
        }
        (self.known.next, self.known.window) = (step.next, step.window);
        self.known.pending = step.pending.clone();
        self.known.rules.extend(step.rules.clone());
        for (entity, held) in &step.held {
            match held {
                Some(held) => {
                    self.doubtful.extend(held.failed.as_ref().map(|failed| failed.sequence));
                    self.known.held.insert(entity.clone(), held.clone());
                }
                None => drop(self.known.held.remove(entity)),
            }
        }
        self.discarded.extend(step.discarded.iter().map(|one| one.sequence));
    }
}

/// What a run does, decided by chance.
#[derive(Debug, Clone, Copy)]
enum Act {
    Offer,
    /// What is urgent came, so far ahead.
    Ahead(u8),
    Send,
    Deliver(u8),
    Fail(u8),
    Reject(u8),
    Later(u8),
    Lose,
    Tell,
    Wait,
    Kill,
    Redrive,
    Discard,
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => Just(Act::Offer), 4 => any::<u8>().prop_map(Act::Ahead), 6 => Just(Act::Send), 6 => any::<u8>().prop_map(Act::Deliver),
        2 => any::<u8>().prop_map(Act::Fail), 1 => any::<u8>().prop_map(Act::Reject),
        1 => any::<u8>().prop_map(Act::Later), 1 => Just(Act::Lose), 4 => Just(Act::Tell),
        3 => Just(Act::Wait), 1 => Just(Act::Kill), 1 => Just(Act::Redrive), 1 => Just(Act::Discard),
    ]
}

struct World {
    events: Vec<Arc<Entry>>,
    cursor: Cursor,
    log: Log,
    now: OffsetDateTime,
    open: BTreeMap<u64, Arc<Entry>>,
    /// What the consumer got, in its order.
    got: Vec<Sending>,
}

impl World {
    fn offer(&mut self) {
        let next = self.cursor.next();
        if let Some(event) = self.events.iter().find(|event| event.sequence >= next).cloned() {
            self.cursor.offer(&event);
        }
    }

    fn ahead(&mut self, how_far: u8) {
        let next = self.cursor.next();
        let ahead = self.events.iter().filter(|event| event.sequence >= next);
        let mut urgent = ahead.filter(|event| is_urgent(&self.cursor.urgent, event));
        if let Some(event) = urgent.nth(usize::from(how_far % 8)).cloned() {
            self.cursor.look_ahead(&event);
        }
    }

    fn send(&mut self) {
        for to_read in self.cursor.due(self.now, 16) {
            let of_it = self.events.iter().filter(|event| {
                About::of(&event.subject).unwrap().entity == &*to_read.entity
                    && event.sequence >= to_read.from
            });
            // A page is short, so that some are read in several.
            let all: Vec<_> = of_it.cloned().collect();
            let page: Vec<_> = all.iter().take(2).cloned().collect();
            let whole = page.len() == all.len();
            self.cursor.supply(&to_read.entity, page, whole);
        }
        while let Some(sending) = self.cursor.send(1, self.now, |_| true) {
            self.open.insert(sending.entry.sequence, Arc::clone(&sending.entry));
            self.got.push(sending);
        }
    }

    fn settle(&mut self, which: u8, verdict: Verdict) {
        let Some(sequence) = self.open.keys().nth(usize::from(which) % self.open.len().max(1)).copied()
        else {
            return;
        };
        let entry = self.open.remove(&sequence).unwrap();
        let entity = About::of(&entry.subject).unwrap().entity.to_owned();
        assert!(self.cursor.settle(sequence, &entity, verdict, self.now));
        assert!(!self.cursor.settle(sequence, &entity, Verdict::Delivered, self.now), "twice");
    }

    fn tell(&mut self) {
        if let Some(telling) = self.cursor.tell("s") {
            self.log.take(&telling.step, &self.events);
            self.cursor.told(&telling);
        }
    }

    fn act(&mut self, act: Act) {
        let reason = || "it failed".to_owned();
        match act {
            Act::Offer => self.offer(),
            Act::Ahead(how_far) => self.ahead(how_far),
            Act::Send => self.send(),
            Act::Deliver(which) => self.settle(which, Verdict::Delivered),
            Act::Fail(which) => self.settle(which, Verdict::Failed { reason: reason(), after: None }),
            Act::Reject(which) => self.settle(which, Verdict::Rejected(reason())),
            Act::Later(which) => self.settle(which, Verdict::Later(Duration::seconds(2))),
            Act::Lose => {
                self.cursor.lost(1, self.now);
                self.open.clear();
            }
            Act::Tell => self.tell(),
            Act::Wait => self.now += Duration::seconds(3),
            Act::Kill => {
                self.cursor = Cursor::resume(self.log.known.clone(), limits());
                self.cursor.urgent = urgent();
                self.open.clear();
            }
            Act::Redrive => drop(self.cursor.redrive(self.now, |_, _| true)),
            Act::Discard => drop(self.cursor.discard("poison", "Kari", |_, _| true)),
        }
    }

    /// Everything goes well from here on, for long enough.
    fn finish(&mut self) {
        for _ in 0..400 {
            self.offer();
            self.tell();
            self.send();
            while !self.open.is_empty() {
                self.settle(0, Verdict::Delivered);
            }
            self.cursor.redrive(self.now, |_, _| true);
            self.now += Duration::seconds(10);
        }
        self.tell();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_each_event_arrives_in_its_entitys_order_and_twice_only_where_the_log_says_so(
        entities in prop::collection::vec(0..4_u8, 1..40),
        script in prop::collection::vec(acts(), 0..300),
    ) {
        let events: Vec<_> = (1..).zip(&entities).map(|(n, entity)| entry(n * 2, *entity)).collect();
        let mut cursor = Cursor::new(1, limits());
        cursor.urgent = urgent();
        cursor.set_rule(rule());
        let mut world = World {
            events, cursor, log: Log::default(), now: START, open: BTreeMap::new(), got: Vec::new(),
        };
        world.tell();
        for act in script {
            world.act(act);
        }
        world.finish();
        let got: BTreeSet<u64> = world.got.iter().map(|one| one.entry.sequence).collect();
        let all: BTreeSet<u64> = world.events.iter().map(|event| event.sequence).collect();
        let missing: Vec<_> = all.difference(&got).collect();
        prop_assert!(missing.iter().all(|one| world.log.discarded.contains(one)), "missing {missing:?}");
        // The first time that each arrives is in its entity's order.
        let mut last: BTreeMap<String, u64> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for sending in &world.got {
            let sequence = sending.entry.sequence;
            let entity = About::of(&sending.entry.subject).unwrap().entity.to_owned();
            if seen.insert(sequence) {
                let before = last.insert(entity, sequence).unwrap_or(0);
                prop_assert!(before < sequence, "{sequence} after {before}");
            } else {
                prop_assert!(world.log.doubtful.contains(&sequence), "{sequence} twice, and nobody says so");
                prop_assert!(sending.redelivery, "{sequence} does not say that it came before");
            }
        }
        prop_assert_eq!(world.cursor.position(), world.events.len() as u64 * 2);
        prop_assert_eq!(world.log.known.held.len(), 0);
        prop_assert_eq!(world.cursor.in_flight(), 0);
    }
}

#[test]
fn a_dead_letter_holds_back_its_entity_and_nothing_else_until_it_is_redriven_or_discarded() {
    let mut cursor = Cursor::new(1, limits());
    cursor.set_rule(rule());
    let telling = cursor.tell("s").unwrap();
    cursor.told(&telling);
    for (sequence, entity) in [(1, 1), (2, 2), (3, 1), (4, 2)] {
        assert_eq!(cursor.offer(&entry(sequence, entity)), Offered::Taken);
    }
    let sent = |cursor: &mut Cursor| cursor.send(1, START, |_| true).map(|sending| sending.entry.sequence);
    assert_eq!((sent(&mut cursor), sent(&mut cursor), sent(&mut cursor)), (Some(1), Some(2), None));
    assert!(cursor.settle(1, "e1", Verdict::Rejected("poison".to_owned()), START));
    assert!(cursor.settle(2, "e2", Verdict::Delivered, START));
    assert_eq!((sent(&mut cursor), sent(&mut cursor)), (Some(4), None));
    assert!(cursor.settle(4, "e2", Verdict::Delivered, START));
    assert_eq!(cursor.position(), 4);
    let held: Vec<_> = cursor.held().map(|(entity, held)| (entity.to_owned(), held.from)).collect();
    assert_eq!(held, [("e1".to_owned(), 1)]);
    assert_eq!(cursor.discard("known fault", "Kari", |_, failed| failed.sequence == 1), 1);
    assert_eq!(sent(&mut cursor), Some(3));
    assert!(cursor.settle(3, "e1", Verdict::Delivered, START));
    assert_eq!(cursor.held().count(), 0);
    let step = cursor.tell("s").unwrap().step;
    assert_eq!(step.discarded[0].sequence, 1);
}

#[test]
fn what_is_withheld_of_an_entity_that_is_held_back_is_told_once_and_what_is_behind_it_goes_on() {
    let mut cursor = Cursor::new(1, limits());
    cursor.set_rule(rule());
    let telling = cursor.tell("s").unwrap();
    cursor.told(&telling);
    for sequence in 1..=3 {
        cursor.offer(&entry(sequence, 1));
    }
    assert_eq!(cursor.send(1, START, |_| true).unwrap().entry.sequence, 1);
    let verdict = Verdict::Failed { reason: "busy".to_owned(), after: None };
    assert!(cursor.settle(1, "e1", verdict, START));
    let telling = cursor.tell("s").unwrap();
    cursor.told(&telling);
    // Meanwhile its agreement ended.
    let later = START + Duration::hours(1);
    assert!(cursor.due(later, 16).is_empty(), "all of it is there");
    assert!(cursor.send(1, later, |_| false).is_none());
    assert_eq!(cursor.tell("s").unwrap().step.withheld, [1, 2, 3]);
    assert_eq!((cursor.held().count(), cursor.position()), (0, 3));
    cursor.offer(&entry(4, 1));
    assert_eq!(cursor.send(1, later, |_| true).unwrap().entry.sequence, 4);
}

#[test]
fn by_a_new_rule_nothing_is_sent_before_the_log_knows_from_where_on_it_holds() {
    let mut cursor = Cursor::new(1, limits());
    let nothing = Rule { cover: Cover { flows: BTreeSet::new(), ..rule().cover }, ..rule() };
    cursor.set_rule(nothing);
    let telling = cursor.tell("s").unwrap();
    cursor.told(&telling);
    // Passed by; the log does not know that yet.
    for sequence in 1..=4 {
        cursor.offer(&entry(sequence, 1));
    }
    cursor.set_rule(rule());
    cursor.offer(&entry(5, 1));
    assert!(cursor.send(1, START, |_| true).is_none());
    assert!(cursor.has_to_tell(), "at once");
    let telling = cursor.tell("s").unwrap();
    assert_eq!((telling.step.next, telling.step.rules[0].from), (6, 5));
    assert!(cursor.send(1, START, |_| true).is_none(), "it is not in the log yet");
    cursor.told(&telling);
    assert_eq!(cursor.send(1, START, |_| true).unwrap().entry.sequence, 5);
}

#[test]
fn what_comes_while_nothing_more_is_read_of_an_entity_is_not_passed_over() {
    let held = BTreeMap::from([(
        "e1".to_owned(),
        samflyt_events::delivery::Held { from: 5, failed: None, ahead: None },
    )]);
    let known = Known { next: 10, window: 9, rules: vec![rule()], held, ..Known::default() };
    let mut cursor = Cursor::resume(known, limits());
    let telling = cursor.tell("s").unwrap();
    cursor.told(&telling);
    assert_eq!(cursor.due(START, 16).len(), 1);
    // It is offered before the answer is here, and was not in the log when that was read.
    assert_eq!(cursor.offer(&entry(10, 1)), Offered::Taken);
    cursor.supply(&Arc::from("e1"), Vec::new(), true);
    assert_eq!(cursor.due(START, 16), [ToRead { entity: Arc::from("e1"), from: 10 }]);
    cursor.supply(&Arc::from("e1"), vec![entry(10, 1)], true);
    assert_eq!(cursor.send(1, START, |_| true).unwrap().entry.sequence, 10);
    assert!(cursor.settle(10, "e1", Verdict::Delivered, START));
    assert_eq!(cursor.held().count(), 0);
}

#[test]
fn a_consumer_that_is_down_is_asked_for_one_event_at_a_time_after_a_rest() {
    let mut cursor = Cursor::new(1, Limits { in_flight: 20, ..limits() });
    cursor.set_rule(rule());
    let telling = cursor.tell("s").unwrap();
    cursor.told(&telling);
    for sequence in 1..=20 {
        cursor.offer(&entry(sequence, u8::try_from(sequence).unwrap()));
    }
    let mut sent = Vec::new();
    while let Some(sending) = cursor.send(1, START, |_| true) {
        sent.push(sending.entry.sequence);
    }
    assert_eq!(sent.len(), 20);
    for sequence in 1..=10 {
        let verdict = Verdict::Failed { reason: "500".to_owned(), after: None };
        assert!(cursor.settle(sequence, &format!("e{sequence}"), verdict, START));
    }
    assert!(cursor.is_down());
    let telling = cursor.tell("s").unwrap();
    cursor.told(&telling);
    for sequence in 11..=20 {
        let verdict = Verdict::Failed { reason: "500".to_owned(), after: None };
        assert!(cursor.settle(sequence, &format!("e{sequence}"), verdict, START));
    }
    assert!(cursor.send(1, START, |_| true).is_none());
    let later = START + Duration::hours(2);
    let telling = cursor.tell("s").unwrap();
    cursor.told(&telling);
    cursor.due(later, 16);
    assert!(cursor.send(1, later, |_| true).is_some());
    assert!(cursor.send(1, later, |_| true).is_none(), "one at a time");
}

/// One at a time; everything that it may be told, the log is told before.
fn next_sent(cursor: &mut Cursor, events: &[Arc<Entry>]) -> Option<u64> {
    if let Some(telling) = cursor.tell("s") {
        cursor.told(&telling);
    }
    for to_read in cursor.due(START, 16) {
        let of_it = |event: &&Arc<Entry>| {
            About::of(&event.subject).unwrap().entity == &*to_read.entity && event.sequence >= to_read.from
        };
        cursor.supply(&to_read.entity, events.iter().filter(of_it).cloned().collect(), true);
    }
    let sending = cursor.send(1, START, |_| true)?;
    let sequence = sending.entry.sequence;
    let entity = About::of(&sending.entry.subject).unwrap().entity.to_owned();
    assert!(cursor.settle(sequence, &entity, Verdict::Delivered, START));
    Some(sequence)
}

#[test]
fn an_urgent_event_goes_before_those_of_others_that_wait_and_after_what_waits_of_its_own() {
    let mut cursor = Cursor::new(1, Limits { in_flight: 20, ..limits() });
    cursor.urgent = urgent();
    cursor.set_rule(rule());
    // 3 and 6 are urgent; 2 is of the entity of 6, and waits before it.
    let events: Vec<_> = [(1, 1), (2, 2), (3, 3), (4, 1), (5, 4), (6, 2)].map(|(n, of)| entry(n, of)).into();
    for event in &events {
        assert_eq!(cursor.offer(event), Offered::Taken);
    }
    let sent: Vec<_> = std::iter::from_fn(|| next_sent(&mut cursor, &events)).collect();
    assert_eq!(sent, [3, 2, 6, 1, 5, 4]);
}

#[test]
fn an_urgent_event_far_ahead_goes_before_all_that_others_have_and_after_its_own_entitys() {
    // The first four fill what can be looked at; of entity 9 there is an ordinary event between, and an urgent one at the end.
    let mut events: Vec<_> = (1..=2_000).map(|n| entry(n * 3 + 1, 1)).collect();
    events[1_000] = entry(1_000 * 3 + 4, 9);
    events.push(entry(9_000, 9));
    let mut cursor = Cursor::new(1, limits());
    cursor.urgent = urgent();
    cursor.set_rule(rule());
    let mut offered = 0;
    while cursor.takes_more() {
        cursor.offer(&events[offered]);
        offered += 1;
    }
    assert!(cursor.look_ahead(events.last().unwrap()));
    assert!(cursor.has_to_tell(), "the log is told at once");
    assert_eq!(
        [next_sent(&mut cursor, &events), next_sent(&mut cursor, &events)],
        [Some(3_004), Some(9_000)]
    );
    // The rest comes in its order, and what was sent ahead is passed by.
    let mut rest = Vec::new();
    while rest.len() < 1_999 {
        while offered < events.len() && cursor.takes_more() {
            cursor.offer(&events[offered]);
            offered += 1;
        }
        rest.push(next_sent(&mut cursor, &events).unwrap());
    }
    assert!(rest.is_sorted() && !rest.contains(&3_004));
    cursor.offer(&events[2_000]);
    assert_eq!((next_sent(&mut cursor, &events), cursor.position(), cursor.held().count()), (None, 9_000, 0));
}

#[test]
fn history_of_an_urgent_type_is_not_urgent() {
    let subject = "events.seljord.alarm.raised.seljord-acos.e1".to_owned();
    let history = Entry::new(subject, 1, START, 0, [("ce-backfill".to_owned(), "true".to_owned())], "{}");
    assert!(!is_urgent(&urgent(), &history));
    assert!(is_urgent(&urgent(), &entry(3, 1)) && !is_urgent(&urgent(), &entry(1, 1)));
}

#[test]
fn nothing_is_sent_before_the_pause_that_a_consumer_asked_for_is_over() {
    let mut cursor = Cursor::new(1, limits());
    cursor.set_rule(rule());
    let telling = cursor.tell("s").unwrap();
    cursor.told(&telling);
    for sequence in 1..=3 {
        cursor.offer(&entry(sequence, u8::try_from(sequence).unwrap()));
    }
    let sent = |cursor: &mut Cursor, now| cursor.send(1, now, |_| true).map(|one| one.entry.sequence);
    assert_eq!((sent(&mut cursor, START), sent(&mut cursor, START)), (Some(1), Some(2)));
    let after = Some(Duration::seconds(60));
    assert!(cursor.settle(1, "e1", Verdict::Failed { reason: "429".to_owned(), after }, START));
    // What was on its way already says nothing of the pause.
    assert!(cursor.settle(2, "e2", Verdict::Delivered, START));
    let nearly = START + Duration::seconds(59);
    assert_eq!(
        (sent(&mut cursor, nearly), cursor.rests_until(nearly)),
        (None, Some(START + Duration::MINUTE))
    );
    assert_eq!(sent(&mut cursor, START + Duration::MINUTE), Some(3));
}

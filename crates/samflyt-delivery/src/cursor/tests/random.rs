//! Random runs of a cursor, killed at any moment, against what the log says and what arrived.

use proptest::prelude::*;

use super::*;

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

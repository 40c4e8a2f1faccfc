//! Random runs of a subscription against a model that keeps every delivery.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use samflyt_events::delivery::{
    Cover, Discarded, Failed, Filter, Form, Held, Limits, Progress, Rule, State, Step, Subscription,
};
use samflyt_events::{EventType, SystemId};
use samflyt_log::Entry;
use time::{Duration, OffsetDateTime};

use super::*;
use crate::insight::world::{Streams, folded_streams};
use crate::projections::keys::FlowKey;
use crate::reader::Period;

const EVENTS: u64 = 24;
const ENTITIES: u64 = 3;
/// How far ahead of what was looked at may be sent.
const AHEAD: u64 = 6;

#[derive(Debug, Clone, Copy)]
enum Do {
    Look,
    /// The first pending event of an entity, or of what is held back of it.
    Deliver(u64),
    Fail(u64, bool),
    Withhold(u64),
    Discard(u64),
    /// After so many milliseconds.
    Tell(u64),
    /// What was not told is forgotten; what was received stays received.
    Crash,
}

fn acts() -> impl Strategy<Value = Do> {
    let entity = 0..ENTITIES;
    prop_oneof![
        4 => Just(Do::Look),
        5 => entity.clone().prop_map(Do::Deliver),
        2 => (entity.clone(), any::<bool>()).prop_map(|(entity, dead)| Do::Fail(entity, dead)),
        1 => entity.clone().prop_map(Do::Withhold),
        1 => entity.prop_map(Do::Discard),
        4 => (0u64..2_500).prop_map(Do::Tell),
        1 => Just(Do::Crash),
    ]
}

/// A subscription as delivery keeps it, event by event.
#[derive(Debug, Clone, Default)]
struct Run {
    next: u64,
    pending: BTreeSet<u64>,
    held: BTreeMap<u64, Held>,
    /// Told: what failed may be tried again.
    told: BTreeSet<u64>,
    changed: BTreeSet<u64>,
    withheld: BTreeSet<u64>,
    discarded: BTreeSet<u64>,
    untold_withheld: Vec<u64>,
    untold_discarded: Vec<Discarded>,
    window: u64,
    interrupted: bool,
}

/// What really happened, and what was told of it when.
#[derive(Debug, Default)]
struct Model {
    now_ms: u64,
    run: Run,
    last_told: Run,
    /// How often the consumer got each event.
    got: BTreeMap<u64, u32>,
    settled_ms: BTreeMap<u64, u64>,
    reached_ms: BTreeMap<u64, u64>,
    steps: Vec<Progress>,
    crashed: bool,
    failed: BTreeSet<u64>,
}

fn entity_of(sequence: u64) -> u64 {
    // Not in turn: entities come in bursts too.
    (sequence * sequence / 3) % ENTITIES
}

fn moment(at_ms: u64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(i64::try_from(at_ms).unwrap())
}

impl Run {
    fn of_entity(&self, entity: u64, from: u64) -> Option<u64> {
        (from..self.next).find(|sequence| entity_of(*sequence) == entity)
    }

    /// What of an entity can be sent.
    fn sendable(&self, entity: u64) -> Option<u64> {
        let found = match self.held.get(&entity) {
            Some(held) => {
                let is_dead = held.failed.as_ref().is_some_and(|failed| failed.again_at.is_none());
                if is_dead || !self.told.contains(&entity) {
                    return None;
                }
                self.of_entity(entity, held.from)
            }
            None => self.pending.iter().copied().find(|sequence| entity_of(*sequence) == entity),
        };
        found.filter(|sequence| *sequence <= self.window)
    }

    /// An event is settled, or given up.
    fn advance(&mut self, entity: u64, sequence: u64) {
        self.pending.remove(&sequence);
        if let Some(held) = self.held.get_mut(&entity) {
            *held = Held { from: sequence + 1, failed: None, ahead: None };
            self.changed.insert(entity);
            if self.of_entity(entity, sequence + 1).is_none() {
                self.held.remove(&entity);
            }
        }
    }

    fn position(&self) -> u64 {
        self.pending.first().map_or(self.next, |first| *first) - 1
    }

    fn step(&mut self) -> Step {
        let name = |entity: &u64| format!("case-{entity}");
        let held = self.changed.iter().map(|entity| (name(entity), self.held.get(entity).cloned())).collect();
        self.window = self.next + AHEAD;
        let step = Step {
            subscription: "s".to_owned(),
            next: self.next,
            pending: self.pending.iter().copied().collect(),
            window: self.window,
            interrupted: std::mem::take(&mut self.interrupted),
            rules: Vec::new(),
            held,
            withheld: std::mem::take(&mut self.untold_withheld),
            discarded: std::mem::take(&mut self.untold_discarded),
        };
        self.changed.clear();
        self.told = self.held.keys().copied().collect();
        step
    }
}

impl Model {
    fn run(acts: &[Do]) -> Self {
        let run = Run { next: 1, ..Run::default() };
        let mut model = Self { now_ms: 1_000_000, run, ..Self::default() };
        model.tell(0);
        for act in acts {
            model.act(*act);
        }
        model.tell(10);
        model
    }

    fn act(&mut self, act: Do) {
        match act {
            Do::Look if self.run.next <= EVENTS => {
                let sequence = self.run.next;
                self.run.next += 1;
                if !self.run.held.contains_key(&entity_of(sequence)) {
                    self.run.pending.insert(sequence);
                }
            }
            Do::Look => {}
            Do::Deliver(entity) => {
                if let Some(sequence) = self.send(entity) {
                    self.run.advance(entity, sequence);
                }
            }
            Do::Fail(entity, dead) => {
                if let Some(sequence) = self.send(entity) {
                    self.fail(entity, sequence, dead);
                }
            }
            Do::Withhold(entity) => {
                if let Some(sequence) = self.run.sendable(entity) {
                    self.run.withheld.insert(sequence);
                    self.run.untold_withheld.push(sequence);
                    self.run.advance(entity, sequence);
                }
            }
            Do::Discard(entity) => {
                let failed = self.run.held.get(&entity).and_then(|held| held.failed.clone());
                if let Some(Failed { sequence, again_at: None, .. }) = failed {
                    self.run.discarded.insert(sequence);
                    let (reason, by) = ("a test".to_owned(), "arkivleiar".to_owned());
                    self.run.untold_discarded.push(Discarded { sequence, reason, by });
                    self.run.advance(entity, sequence);
                }
            }
            Do::Tell(after_ms) => self.tell(after_ms),
            Do::Crash => {
                self.crashed = true;
                self.run = Run { interrupted: true, window: 0, ..self.last_told.clone() };
                self.tell(1);
            }
        }
    }

    fn send(&mut self, entity: u64) -> Option<u64> {
        let sequence = self.run.sendable(entity)?;
        *self.got.entry(sequence).or_default() += 1;
        Some(sequence)
    }

    fn fail(&mut self, entity: u64, sequence: u64, dead: bool) {
        self.failed.insert(sequence);
        let before = self.run.held.get(&entity).and_then(|held| held.failed.as_ref());
        let failed = Failed {
            sequence,
            tries: before.map_or(0, |failed| failed.tries) + 1,
            first_at: moment(self.now_ms),
            reason: "no".to_owned(),
            again_at: (!dead).then(|| moment(self.now_ms + 1_000)),
        };
        self.run.held.insert(entity, Held { from: sequence, failed: Some(failed), ahead: None });
        self.run.pending.retain(|pending| entity_of(*pending) != entity);
        self.run.told.remove(&entity);
        self.run.changed.insert(entity);
    }

    fn tell(&mut self, after_ms: u64) {
        self.now_ms += after_ms;
        let mut step = self.run.step();
        if self.steps.is_empty() {
            step.rules.push(rule());
        }
        self.steps.push(Progress { at: moment(self.now_ms), of: vec![step] });
        for sequence in 1..self.run.next {
            let is_held = self.run.held.get(&entity_of(sequence)).is_some_and(|held| held.from <= sequence);
            if !is_held && !self.run.pending.contains(&sequence) {
                self.settled_ms.entry(sequence).or_insert(self.now_ms);
            }
            if sequence <= self.run.position() {
                self.reached_ms.entry(sequence).or_insert(self.now_ms);
            }
        }
        self.last_told = self.run.clone();
    }

    fn streams(&self) -> Streams {
        let events = (1..=EVENTS).map(event);
        let told = Entry::new(
            "delivery.seljord.subscription.s",
            1,
            moment(0),
            0,
            [],
            serde_json::to_vec(&subscription()).unwrap(),
        );
        let progress = self.steps.iter().zip(2..).map(|(progress, sequence)| {
            let bytes = serde_json::to_vec(progress).unwrap();
            Entry::new("delivery.seljord.progress", sequence, progress.at, 0, [], bytes)
        });
        Streams::from([
            ("EVENTS_seljord".to_owned(), events.collect()),
            ("DELIVERY_seljord".to_owned(), std::iter::once(told).chain(progress).collect()),
        ])
    }
}

fn event(sequence: u64) -> Entry {
    let headers = [
        ("Nats-Msg-Id", format!("acos/e-{sequence}")),
        ("ce-type", "no.samflyt.case.opened".to_owned()),
        ("ce-source", "urn:samflyt:system:acos".to_owned()),
        ("ce-subject", header_value(&format!("case-{}", entity_of(sequence)))),
        ("ce-correlationid", format!("acos/e-{sequence}")),
        ("ce-dataschema", "urn:samflyt:contract:case.opened:1.0".to_owned()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value));
    Entry::new("events.seljord.case.opened.acos.case", sequence, moment(1), 0, headers, "")
}

fn asked(sequence: u64) -> Asked {
    let entity = format!("case-{}", entity_of(sequence));
    Asked {
        sequence,
        learned_ms: 1,
        domain: "case".to_owned(),
        event: "opened".to_owned(),
        provider: "acos".to_owned(),
        hash: short_hash(&header_value(&entity)),
        entity,
    }
}

fn system(name: &str) -> SystemId {
    SystemId::new(name).unwrap()
}

fn rule() -> Rule {
    let flows = BTreeSet::from([(system("acos"), EventType::new("case.opened").unwrap())]);
    Rule { from: 1, filter: Filter::default(), cover: Cover { consumer: system("visma"), flows } }
}

fn subscription() -> Subscription {
    Subscription {
        id: "s".to_owned(),
        consumer: system("visma"),
        filter: Filter::default(),
        from: 1,
        form: Form::Pull,
        limits: Limits::default(),
        state: State::Active,
        replay: None,
        because: None,
        by: "123456785".to_owned(),
        at: moment(0),
    }
}

fn check(model: &Model, reader: &Reader) -> Result<(), TestCaseError> {
    let stream = reader.number("EVENTS_seljord").unwrap().unwrap();
    let subscribed = reader.subscribed(stream).unwrap();
    prop_assert_eq!(subscribed.len(), 1);
    let mut received = 0;
    for sequence in 1..=EVENTS {
        let outcome = reader.outcome(&subscribed[0], &asked(sequence)).unwrap().unwrap();
        let run = &model.run;
        let held = run.held.get(&entity_of(sequence)).filter(|held| held.from <= sequence);
        let what = outcome.what.clone();
        match &what {
            What::Discarded(given_up) => {
                prop_assert!(run.discarded.contains(&sequence) && given_up.by == "arkivleiar");
            }
            What::Withheld { .. } => prop_assert!(run.withheld.contains(&sequence)),
            _ if run.discarded.contains(&sequence) || run.withheld.contains(&sequence) => {
                prop_assert!(false, "{sequence}: {what:?}");
            }
            What::NotLookedAt => prop_assert!(sequence >= run.next),
            What::Held { failed, .. } => {
                prop_assert_eq!(Some(failed), held.and_then(|held| held.failed.as_ref()));
                prop_assert!(sequence < run.next);
            }
            What::OnItsWay => {
                let is_behind = held.is_some_and(|held| held.failed.is_none()) && sequence < run.next;
                prop_assert!(run.pending.contains(&sequence) || is_behind, "{sequence}");
            }
            What::Received { by_ms } => {
                received += 1;
                prop_assert!(held.is_none() && !run.pending.contains(&sequence) && sequence < run.next);
                prop_assert!(model.got.contains_key(&sequence), "{} was never sent", sequence);
                let settled = model.settled_ms[&sequence];
                // What is held back is passed by, and settled later.
                let reached = model.reached_ms.get(&sequence).map_or(model.now_ms, |reached| reached + 999);
                let latest = reached.max(settled);
                prop_assert!((settled..=latest).contains(by_ms), "{sequence}: {settled} {by_ms} {latest}");
            }
        }
        let got = model.got.get(&sequence).copied().unwrap_or_default();
        let most = u32::from(!matches!(what, What::Withheld { .. }));
        prop_assert!(got <= most || outcome.repeated, "{sequence} came {got} times: {outcome:?}");
        let quiet = !model.crashed && !model.failed.contains(&sequence);
        prop_assert!(!quiet || !outcome.repeated, "{sequence} came once: {outcome:?}");
    }
    let number = |name| reader.number(name).unwrap().unwrap();
    let (provider, kind, consumer) = (number("acos"), number("case.opened"), number("visma"));
    let key = FlowKey { stream, provider, kind, consumer };
    let totals = reader.received(&mut SubscribedIn::new(), &key, Period::ALL).unwrap();
    prop_assert_eq!(totals.map_or(0, |totals| totals.events), received);
    Ok(())
}

proptest! {
    #[test]
    fn what_became_of_every_event_is_what_a_model_says_that_keeps_each_delivery(acts in vec(acts(), 0..120)) {
        let model = Model::run(&acts);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(folded_streams(model.streams(), |reader| check(&model, reader)))?;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_tellings_in_a_second_leave_one_entry_of_progress() {
    let mut model = Model::run(&[]);
    for _ in 0..20 {
        model.act(Do::Look);
        model.act(Do::Deliver(entity_of(model.run.next - 1)));
        model.tell(100);
    }
    folded_streams(model.streams(), |reader| {
        let stream = reader.number("EVENTS_seljord").unwrap().unwrap();
        let of = reader.subscribed(stream).unwrap()[0].of;
        let entries: Vec<_> =
            reader.view.scan_prefix(&of.positions().into_bytes()).map(Result::unwrap).collect();
        // 2 seconds, and a part of a third; each 15 bytes of key and 6 of value.
        assert!((2..=4).contains(&entries.len()), "{}", entries.len());
        assert!(entries.iter().all(|(key, value)| key.len() + value.len() == 21));
    })
    .await;
}

mod random;

use std::collections::{BTreeMap, BTreeSet};

use samflyt_events::{EventType, SystemId};
use time::{Duration, OffsetDateTime};

use super::*;
use crate::cursor::tell::Known;
use samflyt_events::delivery::{Cover, Filter, Limits, Rule};

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

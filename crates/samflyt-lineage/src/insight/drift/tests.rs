//! Drift against a model that asks, of every flow by itself, what the words say.

use std::collections::BTreeMap;

use proptest::prelude::*;
use time::Duration;
use time::macros::date;

use super::*;

const START: Date = date!(2026 - 01 - 01);
const SILENT_DAYS: u64 = 10;

fn day(n: u8) -> Date {
    START + Duration::days(i64::from(n))
}

fn at_ms(n: u8) -> u64 {
    let noon = day(n).with_hms(12, 0, 0).unwrap().assume_utc();
    u64::try_from(noon.unix_timestamp()).unwrap() * 1_000
}

fn when(n: u8) -> When {
    When { on: day(n), at_ms: at_ms(n), silent_ms: SILENT_DAYS * 86_400_000 }
}

prop_compose! {
    fn a_flow()(provider in 1u32..4, kind in 10u32..12, consumer in 1u32..4) -> Flow {
        Flow { provider, kind, consumer }
    }
}

prop_compose! {
    fn an_agreement()(flow in a_flow(), from in 0u8..60, days in prop::option::of(0u8..30), lawful: bool)
        -> (Flow, u8, Option<u8>, bool)
    {
        (flow, from, days.map(|days| from + days), lawful)
    }
}

prop_compose! {
    fn a_sighting()(first in 0u8..60, days in 0u8..30, events in 1u64..100, personal: bool)
        -> (u8, u8, u64, bool)
    {
        (first, first + days, events, personal)
    }
}

/// The kinds of one flow, each from its own sentence.
fn model(
    agreements: &[(Flow, u8, Option<u8>, bool)],
    flow: Flow,
    seen: Option<(u8, u8, u64, bool)>,
    today: u8,
) -> Vec<DriftKind> {
    if flow.provider == flow.consumer {
        return Vec::new();
    }
    let begun: Vec<_> = agreements.iter().filter(|(of, from, ..)| *of == flow && *from <= today).collect();
    let in_force: Vec<_> =
        begun.iter().filter(|(_, _, until, _)| until.is_none_or(|until| today <= until)).collect();
    let last_day = begun.iter().filter_map(|(_, _, until, _)| *until).max();
    let Some((_, last, _, personal)) = seen else {
        return if in_force.is_empty() { vec![] } else { vec![DriftKind::NeverSeen] };
    };
    let shadow = begun.is_empty();
    let outlived = in_force.is_empty() && last_day.is_some_and(|last_day| last_day < last);
    let dead = !in_force.is_empty() && u64::from(today.saturating_sub(last)) > SILENT_DAYS;
    let flows = shadow || outlived || !in_force.is_empty();
    let basis = in_force.iter().any(|(.., lawful)| *lawful);
    let kinds = [
        (shadow, DriftKind::Shadow),
        (dead, DriftKind::Dead),
        (outlived, DriftKind::Outlived),
        (personal && flows && !basis, DriftKind::NoLegalBasis),
    ];
    kinds.into_iter().filter(|(is, _)| *is).map(|(_, kind)| kind).collect()
}

fn declared(agreements: &[(Flow, u8, Option<u8>, bool)]) -> Vec<Declared> {
    let agreements = agreements.iter().enumerate();
    let declared = agreements.map(|(agreement, (flow, from, until, lawful))| Declared {
        flow: *flow,
        agreement,
        from: day(*from),
        until: until.map(day),
        lawful: *lawful,
    });
    declared.collect()
}

fn observed(seen: &BTreeMap<Flow, (u8, u8, u64, bool)>) -> Vec<Observed> {
    let observed = seen.iter().map(|(flow, (first, last, events, personal))| Observed {
        flow: *flow,
        totals: Totals { events: *events, first_ms: at_ms(*first), last_ms: at_ms(*last) },
        personal: *personal,
    });
    observed.collect()
}

proptest! {
    #[test]
    fn drift_is_what_the_words_say_of_each_flow_whatever_overlaps(
        agreements in prop::collection::vec(an_agreement(), 0..12),
        seen in prop::collection::btree_map(a_flow(), a_sighting(), 0..12),
        today in 0u8..120,
    ) {
        let (declared, observed) = (declared(&agreements), observed(&seen));
        let mut found: Vec<(Flow, DriftKind)> =
            decide(&declared, &observed, when(today)).into_iter().map(|row| (row.flow, row.kind)).collect();
        found.sort();
        let flows: std::collections::BTreeSet<Flow> =
            agreements.iter().map(|(flow, ..)| *flow).chain(seen.keys().copied()).collect();
        let mut expected: Vec<(Flow, DriftKind)> = flows.into_iter().flat_map(|flow| {
            model(&agreements, flow, seen.get(&flow).copied(), today).into_iter().map(move |kind| (flow, kind))
        }).collect();
        expected.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn each_row_names_an_agreement_of_its_own_flow_and_what_was_seen_of_it(
        agreements in prop::collection::vec(an_agreement(), 1..12),
        seen in prop::collection::btree_map(a_flow(), a_sighting(), 1..12),
        today in 0u8..120,
    ) {
        let (declared, observed) = (declared(&agreements), observed(&seen));
        for row in decide(&declared, &observed, when(today)) {
            if let Some(agreement) = row.agreement {
                prop_assert_eq!(declared[agreement].flow, row.flow);
                prop_assert_eq!(row.ended_on.is_some(), declared[agreement].until.is_some_and(|until| until < day(today)));
            }
            prop_assert_eq!(row.agreement.is_none() && row.kind != DriftKind::NoLegalBasis, row.kind == DriftKind::Shadow);
            let events = seen.get(&row.flow).map_or(0, |(_, _, events, _)| *events);
            prop_assert_eq!(row.totals.events, events);
        }
    }
}

#[test]
fn the_last_day_of_an_agreement_is_still_covered_and_the_day_after_is_not() {
    let flow = Flow { provider: 1, kind: 10, consumer: 2 };
    let declared = [Declared { flow, agreement: 0, from: START, until: Some(day(5)), lawful: true }];
    let kinds = |last: u8, today: u8| -> Vec<DriftKind> {
        let totals = Totals { events: 1, first_ms: at_ms(0), last_ms: at_ms(last) };
        let observed = [Observed { flow, totals, personal: true }];
        decide(&declared, &observed, when(today)).into_iter().map(|row| row.kind).collect()
    };
    assert_eq!(kinds(5, 5), []);
    assert_eq!(kinds(5, 6), []);
    assert_eq!(kinds(6, 6), [DriftKind::Outlived, DriftKind::NoLegalBasis]);
}

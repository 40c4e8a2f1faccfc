//! Collected twice, against a model that asks each pair by itself.

use proptest::prelude::*;

use super::*;

const ORIGINS: [Origin; 3] = [Origin::Collected, Origin::Derived, Origin::Reused];

/// System, type and whether it is retired, when first, and the last time in the window.
type Row = (Number, Number, bool, u64, Option<u64>);

prop_compose! {
    fn a_row()(system in 1u32..5, kind in 10u32..13, first in 0u64..50, window in prop::option::of(0u64..50))
        -> Row
    {
        (system, kind, system == 4, first, window.map(|more| first + more))
    }
}

/// The origin of the one field of each type; none: the type lacks the concept.
type Origins = [Option<usize>; 3];

fn meaning(origin: Option<usize>) -> Arc<Meaning> {
    let fields = origin.map(|at| ("person.address".to_owned(), vec![("/address".to_owned(), ORIGINS[at])]));
    Arc::new(Meaning(fields.into_iter().collect()))
}

fn published(rows: &[Row], origins: Origins) -> Vec<Published> {
    let row = |&(system, kind, retired, first_ms, last): &Row| Published {
        system,
        kind,
        meaning: meaning(origins[kind as usize - 10]),
        first_ms,
        window: last.map(|last_ms| Totals { events: 1, first_ms, last_ms }),
        retired,
    };
    rows.iter().map(row).collect()
}

/// Collector's system and type, source's system, its type where no agreement allows it.
type Pair = (Number, Number, Number, Option<Number>);

fn model(rows: &[Row], origins: Origins, used: &[Flow], allowed: &[Flow]) -> Vec<Pair> {
    let origin = |kind: Number| origins[kind as usize - 10].map(|at| ORIGINS[at]);
    let asks = |row: &&Row| row.4.is_some() && origin(row.1) == Some(Origin::Collected);
    let asking: BTreeSet<Number> = rows.iter().filter(asks).map(|row| row.0).collect();
    let mut pairs = BTreeSet::new();
    for asker in rows.iter().filter(asks).filter(|_| asking.len() > 1) {
        let could = |row: &&Row| {
            let of_it = |other: &&Row| other.0 == row.0 && origin(other.1).is_some();
            let itself = rows.iter().filter(of_it).any(|other| origin(other.1) != Some(Origin::Reused));
            let from_the_asker = used.iter().any(|flow| {
                let carries = rows.iter().any(|other| (other.0, other.1) == (asker.0, flow.kind));
                flow.provider == asker.0 && flow.consumer == row.0 && carries && origin(flow.kind).is_some()
            });
            let before = !row.2 && Some(row.3) < asker.4;
            row.0 != asker.0 && origin(row.1).is_some() && before && (itself || !from_the_asker)
        };
        let others: Vec<&Row> = rows.iter().filter(could).collect();
        let agreed: Vec<Number> = others
            .iter()
            .filter(|row| allowed.contains(&Flow { provider: row.0, kind: row.1, consumer: asker.0 }))
            .map(|row| row.0)
            .collect();
        let of_origin =
            |wanted| others.iter().filter(move |row| origin(row.1) == Some(wanted)).min_by_key(|row| row.3);
        let best = of_origin(Origin::Derived)
            .or_else(|| of_origin(Origin::Collected))
            .or_else(|| of_origin(Origin::Reused));
        if agreed.is_empty() {
            pairs.extend(best.map(|row| (asker.0, asker.1, row.0, Some(row.1))));
        }
        pairs.extend(agreed.into_iter().map(|other| (asker.0, asker.1, other, None)));
    }
    pairs.into_iter().collect()
}

prop_compose! {
    fn a_flow()(provider in 1u32..5, kind in 10u32..13, consumer in 1u32..5) -> Flow {
        Flow { provider, kind, consumer }
    }
}

proptest! {
    #[test]
    fn who_could_have_taken_it_from_whom_is_what_the_words_say(
        rows in prop::collection::btree_map((1u32..5, 10u32..13), a_row(), 0..10),
        origins in prop::array::uniform3(prop::option::of(0usize..3)),
        used in prop::collection::vec(a_flow(), 0..6),
        allowed in prop::collection::vec(a_flow(), 0..6),
    ) {
        // One row for each system and type.
        let rows: Vec<Row> = rows
            .into_iter()
            .map(|((system, kind), (_, _, _, first, last))| (system, kind, system == 4, first, last))
            .collect();
        let mut agreements = Allowed::new();
        for (at, flow) in allowed.iter().enumerate() {
            agreements.entry(flow.consumer).or_default().push((flow.provider, flow.kind, at));
        }
        let found = decide(&published(&rows, origins), &used, &agreements);
        let mut pairs = Vec::new();
        for collector in found.iter().flat_map(|twice| &twice.collectors) {
            for source in &collector.sources {
                if let Some(agreement) = source.agreement {
                    let flow = Flow { provider: source.system, kind: source.kind, consumer: collector.system };
                    prop_assert_eq!(allowed[agreement], flow);
                }
                let kind = Some(source.kind).filter(|_| source.agreement.is_none());
                pairs.push((collector.system, collector.kind, source.system, kind));
            }
        }
        pairs.sort_unstable();
        prop_assert_eq!(pairs, model(&rows, origins, &used, &allowed));
    }
}

#[test]
fn one_system_that_asks_in_two_forms_asks_once() {
    let rows = [(1, 10, false, 0, Some(5)), (1, 11, false, 0, Some(5))];
    let origins = [Some(0), Some(0), None];
    assert_eq!(decide(&published(&rows, origins), &[], &Allowed::new()), []);
    let rows = [(1, 10, false, 0, Some(5)), (2, 11, false, 0, Some(5))];
    let found = decide(&published(&rows, origins), &[], &Allowed::new());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].collectors.len(), 2);
}

use super::*;

const DUTY: Number = 1;
const LATER_DUTY: Number = 2;
const REQUEST: Number = 3;
const SCHOOLS: Number = 10;
const CASES: Number = 11;

fn hash(name: &str) -> Hash {
    let mut hash = [0; 8];
    hash[..name.len()].copy_from_slice(name.as_bytes());
    hash
}

fn seen(kind: Number, system: Number, sequence: u64, affair: &str, entity: &str) -> Seen {
    let told = Told {
        affair: hash(affair),
        entity: hash(entity),
        at_ms: sequence * 10,
        cause: 0,
        ordinal: sequence,
    };
    Seen { kind, system, sequence, told }
}

fn answer(cause: &Seen, sequence: u64) -> Seen {
    let told = Told { cause: cause.sequence, at_ms: sequence * 10, ..cause.told };
    Seen { kind: 9, system: 99, sequence, told }
}

fn plight(affairs: u64, sequence: u64) -> Plight {
    Plight { affairs, oldest: Some((sequence, sequence * 10)) }
}

#[test]
fn an_affair_is_closed_by_its_last_event_with_duty_and_is_in_one_row_only() {
    let duties = vec![
        seen(DUTY, SCHOOLS, 1, "a", "1"),
        seen(LATER_DUTY, CASES, 2, "a", "2"),
        seen(DUTY, SCHOOLS, 3, "b", "3"),
    ];
    let covered = decide(&Events { duties, ..Events::default() }, u64::MAX);
    let expected = |sequence| Covered { closed: 1, missing: plight(1, sequence), ..Covered::default() };
    assert_eq!(covered, BTreeMap::from([((SCHOOLS, DUTY), expected(3)), ((CASES, LATER_DUTY), expected(2))]));
}

#[test]
fn each_plight_is_told_with_its_oldest_and_what_is_mended_in_affair_or_entity_is_accepted() {
    let duties: Vec<Seen> =
        (1..=6).map(|n| seen(DUTY, SCHOOLS, n, &format!("a{n}"), &format!("e{n}"))).collect();
    let request = |sequence, affair: &str, entity: &str| seen(REQUEST, SCHOOLS, sequence, affair, entity);
    let requests = vec![
        request(11, "a1", "x1"),
        request(12, "a2", "x2"),
        request(13, "a3", "x3"),
        // Mended by the next, which has an affair of its own and the same entity.
        request(14, "a4", "e4"),
        request(15, "own", "e4"),
        // Of another affair, about what the fifth is about.
        request(16, "other", "e5"),
    ];
    let accepted = vec![answer(&requests[0], 21), answer(&requests[4], 25), answer(&requests[5], 26)];
    let rejected = vec![answer(&requests[1], 22), answer(&requests[3], 24)];
    let covered = decide(&Events { duties, requests, accepted, rejected }, u64::MAX);
    let expected = Covered {
        closed: 6,
        accepted: 3,
        missing: plight(1, 6),
        unanswered: plight(1, 13),
        rejected: plight(1, 12),
    };
    assert_eq!(covered, BTreeMap::from([((SCHOOLS, DUTY), expected)]));
}

#[test]
fn a_deposit_without_a_duty_is_a_row_of_its_own_and_what_was_closed_just_now_is_left_out() {
    let duties = vec![seen(DUTY, SCHOOLS, 1, "a", "1"), seen(DUTY, SCHOOLS, 9, "b", "2")];
    let requests = vec![seen(REQUEST, CASES, 3, "c", "3")];
    let covered = decide(&Events { duties, requests, ..Events::default() }, 50);
    let closed = |covered: &Covered| (covered.closed, covered.missing.affairs, covered.unanswered.affairs);
    assert_eq!(closed(&covered[&(SCHOOLS, DUTY)]), (1, 1, 0));
    assert_eq!(closed(&covered[&(CASES, REQUEST)]), (1, 0, 1));
}

#[test]
fn the_worst_of_several_requests_counts() {
    let duties = vec![seen(DUTY, SCHOOLS, 1, "a", "1")];
    let requests = vec![seen(REQUEST, SCHOOLS, 2, "a", "1"), seen(REQUEST, SCHOOLS, 3, "a", "1")];
    let accepted = vec![answer(&requests[0], 4)];
    let covered = decide(&Events { duties, requests, accepted, ..Events::default() }, u64::MAX);
    assert_eq!(covered[&(SCHOOLS, DUTY)].unanswered, plight(1, 3));
}

//! Times, numbers and completeness, as a person reads them.

use prost_types::{Duration, Timestamp};
use samflyt_proto::common::{Completeness, Position};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");
const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A moment of the API; none where there is none, or none that a calendar has.
pub(super) fn moment(timestamp: Option<&Timestamp>) -> Option<OffsetDateTime> {
    let timestamp = timestamp?;
    let nanos = u32::try_from(timestamp.nanos).ok()?;
    OffsetDateTime::from_unix_timestamp(timestamp.seconds).ok()?.replace_nanosecond(nanos).ok()
}

/// To the second, in UTC; `–` where there is none.
pub(super) fn time(timestamp: Option<&Timestamp>) -> String {
    moment(timestamp).and_then(|moment| moment.format(SECONDS).ok()).unwrap_or_else(|| "–".to_owned())
}

/// The day, in UTC; `–` where there is none.
pub(super) fn day(timestamp: Option<&Timestamp>) -> String {
    moment(timestamp).and_then(|moment| moment.format(DATE).ok()).unwrap_or_else(|| "–".to_owned())
}

/// In its two largest units: `2 d 3 h`, `4 min 10 s`, `12 s`, `350 ms`.
pub(super) fn duration(duration: &Duration) -> String {
    let ms_signed = i128::from(duration.seconds) * 1_000 + i128::from(duration.nanos) / 1_000_000;
    let sign = if ms_signed < 0 { "-" } else { "" };
    let ms = ms_signed.unsigned_abs();
    let s = ms / 1_000;
    let two = |large: u128, large_unit: &str, small: u128, small_unit: &str| match small {
        0 => format!("{sign}{large} {large_unit}"),
        _ => format!("{sign}{large} {large_unit} {small} {small_unit}"),
    };
    match s {
        0 => format!("{sign}{ms} ms"),
        1..60 => format!("{sign}{s} s"),
        60..3_600 => two(s / 60, "min", s % 60, "s"),
        3_600..86_400 => two(s / 3_600, "h", s % 3_600 / 60, "min"),
        _ => two(s / 86_400, "d", s % 86_400 / 3_600, "h"),
    }
}

/// With a space between thousands, as Norwegian has it.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// One line on how far an answer reaches (promise 4). `narrower` says how to get what was cut off.
pub(super) fn completeness(completeness: Option<&Completeness>, narrower: &str) -> String {
    let Some(completeness) = completeness else {
        return "the hub did not say how complete this is".to_owned();
    };
    let place = |position: &Position| {
        let log = match position.stream.split('_').next() {
            Some("REGISTRY") => "'s registry",
            Some("DELIVERY") => "'s deliveries",
            _ => "",
        };
        format!("{}{log} {}", position.tenant, position.sequence)
    };
    // Where nothing is delivered there is nothing to say of it.
    let is_empty = |position: &&Position| position.stream.starts_with("DELIVERY") && position.head == 0;
    let told = completeness.positions.iter().filter(|position| !is_empty(position));
    let places: Vec<String> = told.map(place).collect();
    let behind: u64 = completeness.positions.iter().map(|position| position.lag_events).sum();
    let mut line = match places.as_slice() {
        [] => "of no log".to_owned(),
        places => format!("as of {}, {} behind", places.join(", "), number(behind)),
    };
    if completeness.truncated {
        line += &format!("; cut off: there is more, {narrower}");
    }
    if completeness.rebuilding {
        line += "; rebuilding: what is not yet folded again is missing";
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_their_two_largest_units() {
        let shown = |seconds, nanos| duration(&Duration { seconds, nanos });
        assert_eq!(shown(0, 350_000_000), "350 ms");
        assert_eq!(shown(12, 1), "12 s");
        assert_eq!(shown(-250, 0), "-4 min 10 s");
        assert_eq!(shown(7_200, 0), "2 h");
        assert_eq!(shown(183_600, 0), "2 d 3 h");
        assert_eq!(shown(i64::MIN, 0).split(' ').count(), 4);
    }

    #[test]
    fn a_time_that_no_calendar_has_is_a_dash() {
        assert_eq!(time(Some(&Timestamp { seconds: 1_772_353_800, nanos: 5 })), "2026-03-01 08:30:00Z");
        assert_eq!(time(Some(&Timestamp { seconds: i64::MAX, nanos: 0 })), "–");
        assert_eq!(time(None), "–");
    }

    #[test]
    fn completeness_never_hides_a_lag_a_cut_or_a_rebuild() {
        let position = |tenant: &str, sequence, lag_events| Position {
            tenant: tenant.to_owned(),
            sequence,
            lag_events,
            ..Position::default()
        };
        let mut answer =
            Completeness { positions: vec![position("seljord", 1234, 0)], ..Completeness::default() };
        assert_eq!(completeness(Some(&answer), ""), "as of seljord 1234, 0 behind");
        answer.positions.push(position("vinje", 7, 1500));
        answer.positions[1].stream = "REGISTRY_vinje".to_owned();
        let stream = "DELIVERY_vinje".to_owned();
        answer.positions.push(Position { stream, ..position("vinje", 0, 0) });
        answer.truncated = true;
        answer.rebuilding = true;
        assert_eq!(
            completeness(Some(&answer), "lower --depth"),
            "as of seljord 1234, vinje's registry 7, 1 500 behind; cut off: there is more, lower --depth; \
             rebuilding: what is not yet folded again is missing"
        );
        answer.positions[2].head = 3;
        let told = completeness(Some(&answer), "");
        assert!(told.contains(", vinje's deliveries 0, 1 500 behind"), "{told}");
        assert_eq!(completeness(None, ""), "the hub did not say how complete this is");
    }
}

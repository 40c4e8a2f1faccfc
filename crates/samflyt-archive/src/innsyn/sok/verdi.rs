//! Values as they are compared: text in lower case, days and moments as numbers.

use time::format_description::well_known::Rfc3339;
use time::macros::{date, format_description};
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use crate::records::decide::calendar;

pub(super) fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// Days since 1970, of an `xs:date`; none: it is not of the usual form.
pub(super) fn day(text: &str) -> Option<i64> {
    let form = format_description!("[year]-[month]-[day]");
    Date::parse(text.get(..10)?, form).ok().map(days)
}

/// The Norwegian day of an `xs:dateTime`.
pub(super) fn day_of_moment(text: &str) -> Option<i64> {
    parsed(text).map(|moment| days(calendar::local(moment).date()))
}

/// Microseconds since 1970, of an `xs:dateTime`; one without a zone is in Norwegian time.
pub(super) fn moment(text: &str) -> Option<i64> {
    parsed(text).map(micros)
}

pub(super) fn micros(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1000).unwrap_or_default()
}

fn days(day: Date) -> i64 {
    i64::from((day - date!(1970 - 01 - 01)).whole_days() as i32)
}

fn parsed(text: &str) -> Option<OffsetDateTime> {
    if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(moment);
    }
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]");
    let local = PrimitiveDateTime::parse(text, form).ok()?.assume_utc();
    // The offset an hour or two later is that of the moment meant, but in the hours of a change of clocks.
    let guess = local - time::Duration::seconds(calendar::local(local).offset().whole_seconds().into());
    Some(local - time::Duration::seconds(calendar::local(guess).offset().whole_seconds().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_without_a_zone_is_in_norwegian_time_and_its_day_turns_there() {
        assert_eq!(moment("2026-07-01T12:00:00"), moment("2026-07-01T10:00:00Z"));
        assert_eq!(moment("2026-01-01T12:00:00.5"), moment("2026-01-01T11:00:00.5Z"));
        assert_eq!(day_of_moment("2026-06-30T22:00:00Z"), day("2026-07-01"));
        assert_eq!(day("2026-07-01+02:00"), day("2026-07-01"));
        assert_eq!(day("1970-01-02"), Some(1));
        assert_eq!((day("soon"), moment("2026-07-01")), (None, None));
    }
}

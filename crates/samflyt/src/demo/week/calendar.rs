//! The week: Monday 2 to Sunday 8 March 2026, in Norwegian winter time.

use time::{
    Date, Duration, OffsetDateTime, Weekday, format_description::well_known::Rfc3339, macros::datetime,
};

pub const BEGIN: OffsetDateTime = datetime!(2026-03-02 00:00 +1);
pub const END: OffsetDateTime = datetime!(2026-03-09 00:00 +1);

const OFFICE_OPENS: u8 = 8;
const OFFICE_CLOSES: u8 = 16;

/// A time of the week; day 0 is Monday.
pub fn on(day: i64, hour: i64, minute: i64) -> OffsetDateTime {
    BEGIN + Duration::days(day) + Duration::hours(hour) + Duration::minutes(minute)
}

/// The same time in office hours, or as many minutes past eight when the office opens next.
pub fn in_office(at: OffsetDateTime) -> OffsetDateTime {
    let mut at = at;
    if at.hour() >= OFFICE_CLOSES {
        at += Duration::days(1);
    }
    while matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday) {
        at += Duration::days(1);
    }
    if (OFFICE_OPENS..OFFICE_CLOSES).contains(&at.hour()) {
        return at;
    }
    at - Duration::hours(i64::from(at.hour())) + Duration::hours(i64::from(OFFICE_OPENS))
}

/// As JSON Schema's `date`.
pub fn date(date: Date) -> String {
    date.to_string()
}

/// As JSON Schema's `date`, so many days after.
pub fn date_after(at: OffsetDateTime, days: i64) -> String {
    date((at + Duration::days(days)).date())
}

/// As JSON Schema's `date-time`.
pub fn date_time(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_hours_is_done_when_the_office_opens() {
        assert_eq!(in_office(on(0, 9, 30)), on(0, 9, 30));
        assert_eq!(in_office(on(0, 3, 10)), on(0, 8, 10));
        assert_eq!(in_office(on(0, 16, 10)), on(1, 8, 10));
        assert_eq!(in_office(on(4, 17, 5)), on(7, 8, 5));
        assert_eq!(date(on(6, 0, 0).date()), "2026-03-08");
        assert_eq!(date_time(on(6, 7, 5)), "2026-03-08T07:05:00+01:00");
    }
}

//! Norwegian time: which date and year it is where the archive is kept.

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// A moment in Norwegian time: UTC+1, and UTC+2 from the last Sunday of March to the last of October, 01:00 UTC
/// (Forskrift om sommertid).
pub(crate) fn local(moment: OffsetDateTime) -> OffsetDateTime {
    let year = moment.to_offset(UtcOffset::UTC).year();
    let summer = last_sunday(year, Month::March).zip(last_sunday(year, Month::October));
    let is_summer = summer.is_some_and(|(from, to)| (from..to).contains(&moment));
    let hours = if is_summer { 2 } else { 1 };
    moment.to_offset(UtcOffset::from_hms(hours, 0, 0).unwrap_or(UtcOffset::UTC))
}

/// As `xs:date`.
pub(crate) fn date_text(moment: OffsetDateTime) -> String {
    local(moment).date().to_string()
}

/// As `xs:dateTime`, in UTC.
pub(crate) fn moment_text(moment: OffsetDateTime) -> String {
    moment.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap_or_default()
}

fn last_sunday(year: i32, month: Month) -> Option<OffsetDateTime> {
    let last = Date::from_calendar_date(year, month, month.length(year)).ok()?;
    let back = last.weekday().number_days_from_sunday();
    let sunday = last - time::Duration::days(back.into());
    Some(sunday.with_hms(1, 0, 0).ok()?.assume_utc())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_year_and_the_date_turn_at_norwegian_midnight_in_winter_and_summer() {
        assert_eq!(local(datetime!(2026-12-31 23:00 UTC)).year(), 2027);
        assert_eq!(date_text(datetime!(2026-12-31 22:59 UTC)), "2026-12-31");
        assert_eq!(date_text(datetime!(2026-07-01 22:00 UTC)), "2026-07-02");
        assert_eq!(local(datetime!(2026-03-29 0:59 UTC)).offset(), UtcOffset::from_hms(1, 0, 0).unwrap());
        assert_eq!(local(datetime!(2026-03-29 1:00 UTC)).offset(), UtcOffset::from_hms(2, 0, 0).unwrap());
        assert_eq!(local(datetime!(2026-10-25 1:00 UTC)).offset(), UtcOffset::from_hms(1, 0, 0).unwrap());
    }
}

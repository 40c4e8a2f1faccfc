//! How many systems there were at the end of each month. Pure.

use time::Date;

use super::used::Used;

const MONTHS: usize = 24;

/// The ends of the months before a day, oldest first, and the day itself.
pub(super) fn month_ends(on: Date) -> Vec<Date> {
    let before = std::iter::successors(Some(on), |day| day.replace_day(1).ok()?.previous_day());
    let mut days: Vec<Date> = before.take(MONTHS + 1).collect();
    days.reverse();
    days
}

pub(super) fn in_use(used: &[Used], on: Date) -> u32 {
    u32::try_from(used.iter().filter(|used| used.is_in_use(on)).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn months_end_on_their_last_day_also_in_leap_years_and_the_day_itself_comes_last() {
        let days = month_ends(date!(2024 - 03 - 31));
        assert_eq!(days.len(), MONTHS + 1);
        assert_eq!(days[0], date!(2022 - 03 - 31));
        assert_eq!(days[MONTHS - 1..], [date!(2024 - 02 - 29), date!(2024 - 03 - 31)]);
        assert!(days.is_sorted());
        assert_eq!(month_ends(Date::MIN), [Date::MIN]);
    }
}

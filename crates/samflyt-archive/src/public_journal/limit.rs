//! How many pages an organisation gets: enough to read the journal, too few to fetch all of it.

use std::collections::HashMap;

use parking_lot::Mutex;
use samflyt_events::{Reason, Refusal};
use time::{Duration, OffsetDateTime};

const WINDOW: Duration = Duration::MINUTE;
/// Organisations that are remembered before those of the last minute alone are.
const REMEMBERED_MAX: usize = 1_024;

/// A minute that has begun, and how many pages were given in it.
#[derive(Debug)]
struct Minute {
    began: OffsetDateTime,
    pages: u32,
}

#[derive(Debug)]
pub(super) struct Pages {
    per_minute: u32,
    minutes: Mutex<HashMap<String, Minute>>,
}

impl Pages {
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, minutes: Mutex::default() }
    }

    /// Counts a page for an organisation.
    ///
    /// # Errors
    /// `LIMIT_REACHED`, with when the next one may be asked for.
    pub fn take(&self, organisation: &str, now: OffsetDateTime) -> Result<(), Refusal> {
        let mut minutes = self.minutes.lock();
        if minutes.len() >= REMEMBERED_MAX {
            minutes.retain(|_, minute| now - minute.began < WINDOW);
        }
        let minute =
            minutes.entry(organisation.to_owned()).or_insert_with(|| Minute { began: now, pages: 0 });
        if now - minute.began >= WINDOW {
            *minute = Minute { began: now, pages: 0 };
        }
        if minute.pages >= self.per_minute {
            let message = format!(
                "an organisation gets {} pages of public journals in a minute: go on when that is over, or ask for fewer days",
                self.per_minute
            );
            let left = (minute.began + WINDOW - now).try_into().ok();
            return Err(Refusal { retry_after: left, ..Refusal::new(Reason::LimitReached, message) });
        }
        minute.pages += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_organisation_gets_so_many_pages_in_a_minute_and_others_are_not_slowed_by_it() {
        let (pages, now) = (Pages::new(2), datetime!(2026-05-04 10:00 UTC));
        pages.take("a", now).unwrap();
        pages.take("a", now + Duration::seconds(20)).unwrap();
        let refused = pages.take("a", now + Duration::seconds(40)).unwrap_err();
        assert_eq!(refused.reason, Reason::LimitReached);
        assert_eq!(refused.retry_after, Some(std::time::Duration::from_secs(20)));
        pages.take("b", now + Duration::seconds(40)).unwrap();
        pages.take("a", now + Duration::seconds(60)).unwrap();
    }

    #[test]
    fn only_the_organisations_of_the_last_minute_are_remembered() {
        let (pages, now) = (Pages::new(1), datetime!(2026-05-04 10:00 UTC));
        for n in 0..5_000 {
            pages.take(&n.to_string(), now + Duration::seconds(n)).unwrap();
        }
        assert!(pages.minutes.lock().len() <= REMEMBERED_MAX);
    }
}

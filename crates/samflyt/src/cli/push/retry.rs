//! How long to wait before trying again, and when to give up.

use std::time::Duration;

use tokio::time::Instant;

const PAUSE_MIN: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Pauses that double as long as nothing gets on.
#[derive(Debug)]
pub(super) struct Retry {
    give_up_after: Duration,
    /// Since when nothing has got on.
    stuck_since: Option<Instant>,
    pause: Duration,
}

impl Retry {
    pub(super) fn new(give_up_after: Duration) -> Self {
        Self { give_up_after, stuck_since: None, pause: PAUSE_MIN }
    }

    /// Something got on.
    pub(super) fn progressed(&mut self) {
        (self.stuck_since, self.pause) = (None, PAUSE_MIN);
    }

    /// The pause before the next attempt, at least what the hub asked for; none where it is time to give up.
    pub(super) fn next(&mut self, now: Instant, asked: Option<Duration>) -> Option<Duration> {
        let stuck_since = *self.stuck_since.get_or_insert(now);
        let left =
            self.give_up_after.checked_sub(now.duration_since(stuck_since)).filter(|left| !left.is_zero())?;
        let pause = self.pause.max(asked.unwrap_or_default()).min(left);
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_until_it_is_given_up() {
        let mut retry = Retry::new(Duration::from_secs(60));
        let begun = Instant::now();
        let after = |s| begun + Duration::from_secs(s);
        assert_eq!(retry.next(begun, None), Some(PAUSE_MIN));
        assert_eq!(retry.next(after(1), None), Some(PAUSE_MIN * 2));
        assert_eq!(retry.next(after(2), Some(Duration::from_secs(5))), Some(Duration::from_secs(5)));
        assert_eq!(retry.next(after(59), Some(Duration::from_secs(5))), Some(Duration::from_secs(1)));
        assert_eq!(retry.next(after(60), None), None);
        retry.progressed();
        assert_eq!(retry.next(after(300), None), Some(PAUSE_MIN));
        assert_eq!(Retry::new(Duration::ZERO).next(begun, None), None);
    }
}

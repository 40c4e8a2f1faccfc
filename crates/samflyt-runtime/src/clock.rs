//! Where time comes from: passed in, never asked of the machine, so that every test can say what time it is.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use time::{Duration, OffsetDateTime};

/// The clock that a service is given.
pub trait Clock: Send + Sync {
    /// The present moment, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// A clock as it is handed around.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock. May step backwards when the machine's time is set.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl SystemClock {
    /// The machine's clock, ready to be handed around.
    pub fn shared() -> SharedClock {
        Arc::new(Self)
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place where the machine is asked")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// A clock that stands still until it is told otherwise; for tests and replays.
pub struct FixedClock(Mutex<OffsetDateTime>);

impl FixedClock {
    /// A clock that stands at `now`.
    pub fn new(now: OffsetDateTime) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock to `now`, backwards as well.
    pub fn set(&self, now: OffsetDateTime) {
        *self.0.lock() = now;
    }

    /// Moves the clock forward by `step`, or backward by a negative one.
    pub fn advance(&self, step: Duration) {
        *self.0.lock() += step;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock()
    }
}

impl fmt::Debug for FixedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FixedClock").field(&self.now()).finish()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = FixedClock::new(datetime!(2026-03-01 12:00 UTC));
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::seconds(-90));
        assert_eq!(clock.now(), datetime!(2026-03-01 11:58:30 UTC));
    }
}

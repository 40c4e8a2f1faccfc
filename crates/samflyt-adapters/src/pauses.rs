//! How long is waited before what could not be done is tried again.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// Each twice as long as the one before it, up to the longest.
#[derive(Debug)]
pub(crate) struct Pauses {
    next: Duration,
}

impl Pauses {
    pub fn new() -> Self {
        Self { next: FIRST }
    }

    pub fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(LONGEST);
        pause
    }

    /// It goes on. Says whether there was a pause before.
    pub fn end(&mut self) -> bool {
        std::mem::replace(&mut self.next, FIRST) > FIRST
    }
}

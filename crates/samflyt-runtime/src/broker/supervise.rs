//! What happens when the broker ends by itself.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::lifecycle::Broker;
use super::process::BrokerExit;

const WAIT_FIRST: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_secs(10);
/// Tries in a row, none of which brought a broker that lived for [`STEADY_AFTER`].
const TRIES_MAX: u32 = 10;
const STEADY_AFTER: Duration = Duration::from_secs(60);

impl Broker {
    /// Runs until the broker is gone for good, which it then reports: at its first end without `restart`; with it, when
    /// starting it again, on the same port and store, has failed ten times in a row.
    ///
    /// A broker that was stopped or killed through its handle is left as it is.
    pub async fn supervise(&self, restart: bool) -> BrokerExit {
        let mut tries = 0;
        let mut started = Instant::now();
        loop {
            let (process, exit) = self.exited_process().await;
            if started.elapsed() >= STEADY_AFTER {
                tries = 0;
            }
            if !restart || tries == TRIES_MAX {
                return exit;
            }
            let wait = back_off(tries);
            tries += 1;
            tracing::warn!(%exit, wait_ms = wait.as_millis(), "the broker ended by itself and is started again");
            sleep(wait).await;
            started = Instant::now();
            if let Err(error) = self.replace(&process).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the broker could not be started again"
                );
            }
        }
    }
}

/// How long to wait before this try, counted from 0.
fn back_off(tries: u32) -> Duration {
    WAIT_FIRST.saturating_mul(2_u32.saturating_pow(tries)).min(WAIT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_up_to_its_limit() {
        assert_eq!(back_off(0), WAIT_FIRST);
        assert_eq!(back_off(3), WAIT_FIRST * 8);
        assert_eq!(back_off(TRIES_MAX), WAIT_MAX);
        assert_eq!(back_off(u32::MAX), WAIT_MAX);
    }
}

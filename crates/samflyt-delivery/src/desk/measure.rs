//! Once a second, how each subscription is doing goes into the metrics.

use time::{Duration, OffsetDateTime};

use super::command::Snapshot;
use super::run::Desk;

const EVERY: Duration = Duration::SECOND;

impl Desk {
    /// Where a second has gone by, or the clock was set.
    pub(super) fn measure(&mut self, now: OffsetDateTime) {
        if (now - self.measured_at).abs() < EVERY {
            return;
        }
        self.measured_at = now;
        let ids: Vec<String> =
            self.lanes.iter().filter(|(_, lane)| !lane.measured_last).map(|(id, _)| id.clone()).collect();
        for id in ids {
            let Some(lane) = self.lanes.get_mut(&id) else { continue };
            lane.measured_last = lane.subscription.has_ended();
            let settled = std::mem::take(&mut lane.settled_unmeasured);
            let Some(lane) = self.lanes.get(&id) else { continue };
            let snapshot = self.snapshot(lane, now);
            let age = snapshot.oldest_at.map_or(Duration::ZERO, |at| now - at);
            let age_s = u64::try_from(age.whole_seconds()).unwrap_or(0);
            self.metrics.measure(self.tenant.as_str(), &snapshot, settled, age_s);
        }
    }
}

impl Snapshot {
    /// Sequences that were not looked at or are not settled.
    pub fn lag(&self) -> u64 {
        self.head.saturating_sub(self.position)
    }
}

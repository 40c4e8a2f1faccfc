//! What each municipality may publish, so that one that floods the hub slows only itself (promise 5).
//!
//! Consumes events that their sender may publish, and the size of each log; gives a refusal with when to try again, or the
//! right to append. Kept true: no municipality's use changes what another is given; of one municipality so many events are
//! on their way to the log at once, and the rest of its own wait their turn. What is urgent has a lane of its own: the same
//! limits once more, so that the municipality's own flood leaves it alone.

mod bucket;
mod config;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use samflyt_events::{Reason, Refusal, TenantId};
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use bucket::Bucket;
pub use config::{Differing, Limits};

/// Events of one municipality that are on their way to the log at once. The log's disk is not slower for it, and what
/// others send waits for these at most.
const ON_THEIR_WAY_MAX: usize = 256;
/// And of its urgent ones.
const URGENT_ON_THEIR_WAY_MAX: usize = 64;
/// When it may be different that a log is full: somebody has to act before.
const FULL_FOR: Duration = Duration::from_secs(60);

/// All municipalities, as far as they have published since the start.
pub(crate) struct AllLimits {
    usual: Limits,
    differing: BTreeMap<TenantId, Differing>,
    tenants: RwLock<HashMap<TenantId, Arc<TenantLimits>>>,
}

/// One municipality.
pub(crate) struct TenantLimits {
    pub limits: Limits,
    ordinary: Lane,
    urgent: Lane,
    refused: AtomicU64,
}

struct Lane {
    buckets: Mutex<Buckets>,
    appending: Arc<Semaphore>,
}

#[derive(Debug, Clone, Copy)]
struct Buckets {
    events: Bucket,
    bytes: Bucket,
}

/// What a municipality has used of what is for ordinary events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Used {
    /// What may come at once now.
    pub events_left: u64,
    pub bytes_left: u64,
    /// Events refused since the start.
    pub refused: u64,
}

impl AllLimits {
    pub fn new(usual: Limits, differing: BTreeMap<TenantId, Differing>) -> Self {
        Self { usual, differing, tenants: RwLock::default() }
    }

    pub fn of(&self, tenant: &TenantId, now: OffsetDateTime) -> Arc<TenantLimits> {
        if let Some(known) = self.tenants.read().get(tenant) {
            return Arc::clone(known);
        }
        let differing = self.differing.get(tenant).copied().unwrap_or_default();
        let made = || Arc::new(TenantLimits::new(differing.over(self.usual), now));
        Arc::clone(self.tenants.write().entry(tenant.clone()).or_insert_with(made))
    }
}

impl TenantLimits {
    fn new(limits: Limits, now: OffsetDateTime) -> Self {
        let buckets = Buckets {
            events: Bucket::new(limits.events_per_s, limits.events_burst, now),
            bytes: Bucket::new(limits.bytes_per_s, limits.bytes_burst, now),
        };
        let lane = |on_their_way| {
            let appending = Arc::new(Semaphore::new(on_their_way));
            Lane { buckets: Mutex::new(buckets), appending }
        };
        let (ordinary, urgent) = (lane(ON_THEIR_WAY_MAX), lane(URGENT_ON_THEIR_WAY_MAX));
        Self { limits, ordinary, urgent, refused: AtomicU64::new(0) }
    }

    fn lane(&self, urgent: bool) -> &Lane {
        if urgent { &self.urgent } else { &self.ordinary }
    }

    /// Takes an event with so much data into account.
    ///
    /// # Errors
    /// `LIMIT_REACHED`, with when it may be sent again.
    pub fn take(&self, urgent: bool, bytes: usize, now: OffsetDateTime) -> Result<(), Refusal> {
        #[allow(clippy::cast_precision_loss, reason = "events are far below 2^52 bytes")]
        let bytes = bytes as f64;
        let mut buckets = self.lane(urgent).buckets.lock();
        let Limits { events_per_s, bytes_per_s, .. } = self.limits;
        let of_events = buckets.events.wait_s(1.0, now).map(|wait| (wait, events_per_s, "events"));
        let of_bytes = buckets.bytes.wait_s(bytes, now).map(|wait| (wait, bytes_per_s, "bytes"));
        let longer = of_events.into_iter().chain(of_bytes).max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((wait_s, per_s, what)) = longer else {
            buckets.events.take(1.0, now);
            buckets.bytes.take(bytes, now);
            return Ok(());
        };
        self.refused.fetch_add(1, Ordering::Relaxed);
        let message = format!(
            "the municipality sends more than {per_s} {what} a second (`gateway.limits.{what}_per_s`): send the event again \
             when the pause is over, or ask the operator for more"
        );
        // Whole seconds, as HTTP tells them; so that nobody asks for every single event.
        let pause = Duration::from_secs_f64(wait_s.ceil().max(1.0));
        Err(Refusal { retry_after: Some(pause), ..Refusal::new(Reason::LimitReached, message) })
    }

    /// Whether the log has room, by the size that it was seen to have within the last second or so.
    ///
    /// # Errors
    /// `QUOTA_REACHED`, with when to look again.
    pub fn has_room(&self, stored_bytes: u64) -> Result<(), Refusal> {
        let most = self.limits.stored_bytes_max;
        if most == 0 || stored_bytes < most {
            return Ok(());
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        let message = format!(
            "the municipality's log has reached {most} bytes (`gateway.limits.stored_bytes_max`): ask the operator for more \
             room, then send the event again"
        );
        Err(Refusal { retry_after: Some(FULL_FOR), ..Refusal::new(Reason::QuotaReached, message) })
    }

    /// Waits until one more of the municipality's events may be on its way; those that wait go in their order.
    pub async fn turn(&self, urgent: bool) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.lane(urgent).appending).acquire_owned().await.ok()
    }

    pub fn used(&self, now: OffsetDateTime) -> Used {
        let buckets = *self.ordinary.buckets.lock();
        Used {
            events_left: buckets.events.left(now),
            bytes_left: buckets.bytes.left(now),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-03-02 8:00 UTC);

    fn limits() -> Limits {
        Limits {
            events_per_s: 2,
            events_burst: 3,
            bytes_per_s: 100,
            bytes_burst: 1_000,
            stored_bytes_max: 5_000,
        }
    }

    fn tenant(id: &str) -> TenantId {
        TenantId::new(id).unwrap()
    }

    #[test]
    fn beyond_the_rate_a_municipality_is_told_when_and_another_is_not_concerned() {
        let all = AllLimits::new(limits(), BTreeMap::new());
        let (seljord, vinje) = (all.of(&tenant("seljord"), START), all.of(&tenant("vinje"), START));
        for _ in 0..3 {
            seljord.take(false, 10, START).unwrap();
        }
        let refused = seljord.take(false, 10, START).unwrap_err();
        assert_eq!(
            (refused.reason, refused.retry_after),
            (Reason::LimitReached, Some(Duration::from_secs(1)))
        );
        assert!(refused.message.contains("2 events a second"), "{refused}");
        vinje.take(false, 10, START).unwrap();
        seljord.take(false, 10, START + time::Duration::seconds(1)).unwrap();
        assert_eq!(seljord.used(START).refused, 1);
        assert_eq!(vinje.used(START), Used { events_left: 2, bytes_left: 990, refused: 0 });
    }

    #[test]
    fn large_events_reach_the_limit_of_bytes_before_that_of_events_and_what_is_refused_costs_nothing() {
        let all = AllLimits::new(limits(), BTreeMap::new());
        let seljord = all.of(&tenant("seljord"), START);
        seljord.take(false, 900, START).unwrap();
        let refused = seljord.take(false, 900, START).unwrap_err();
        assert_eq!(refused.retry_after, Some(Duration::from_secs(8)));
        assert!(refused.message.contains("100 bytes a second"), "{refused}");
        assert_eq!(seljord.used(START), Used { events_left: 2, bytes_left: 100, refused: 1 });
    }

    #[test]
    fn a_full_log_takes_no_more_and_zero_means_no_limit() {
        let all = AllLimits::new(limits(), BTreeMap::new());
        let seljord = all.of(&tenant("seljord"), START);
        seljord.has_room(4_999).unwrap();
        let refused = seljord.has_room(5_000).unwrap_err();
        assert_eq!((refused.reason, refused.retry_after), (Reason::QuotaReached, Some(FULL_FOR)));
        let none = Limits { events_per_s: 0, bytes_per_s: 0, stored_bytes_max: 0, ..limits() };
        let free = AllLimits::new(none, BTreeMap::new()).of(&tenant("seljord"), START);
        free.has_room(u64::MAX).unwrap();
        for _ in 0..1_000 {
            free.take(false, 1_000_000, START).unwrap();
        }
    }

    #[test]
    fn what_is_urgent_is_taken_though_its_own_municipality_has_used_up_its_rate_and_is_limited_too() {
        let all = AllLimits::new(limits(), BTreeMap::new());
        let seljord = all.of(&tenant("seljord"), START);
        while seljord.take(false, 10, START).is_ok() {}
        for _ in 0..3 {
            seljord.take(true, 10, START).unwrap();
        }
        assert_eq!(seljord.take(true, 10, START).unwrap_err().reason, Reason::LimitReached);
    }

    #[tokio::test]
    async fn what_is_urgent_has_its_turn_though_its_own_municipalitys_flood_waits_for_its() {
        let all = AllLimits::new(limits(), BTreeMap::new());
        let seljord = all.of(&tenant("seljord"), START);
        let mut on_their_way = Vec::new();
        for _ in 0..ON_THEIR_WAY_MAX {
            on_their_way.push(seljord.turn(false).await);
        }
        assert!(seljord.turn(false).now_or_never().is_none());
        assert!(seljord.turn(true).now_or_never().is_some());
        assert!(all.of(&tenant("vinje"), START).turn(false).now_or_never().is_some());
        on_their_way.pop();
        assert!(seljord.turn(false).now_or_never().is_some());
    }

    #[test]
    fn what_is_configured_for_one_municipality_holds_for_it_alone_and_the_rest_is_the_usual() {
        let differing = Differing { events_per_s: Some(50), ..Differing::default() };
        let all = AllLimits::new(limits(), BTreeMap::from([(tenant("vinje"), differing)]));
        assert_eq!(all.of(&tenant("vinje"), START).limits, Limits { events_per_s: 50, ..limits() });
        assert_eq!(all.of(&tenant("seljord"), START).limits, limits());
    }
}

//! A bucket that fills at a steady rate, and that a burst may empty at once. Pure: time comes in.

use time::OffsetDateTime;

#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    per_s: f64,
    most: f64,
    /// Below zero after something that was larger than the bucket.
    level: f64,
    at: OffsetDateTime,
}

impl Bucket {
    /// A full one. `per_s` 0: it never ends.
    #[allow(clippy::cast_precision_loss, reason = "limits are far below 2^52")]
    pub fn new(per_s: u64, burst: u64, now: OffsetDateTime) -> Self {
        let most = burst.max(per_s).max(1) as f64;
        Self { per_s: per_s as f64, most, level: most, at: now }
    }

    /// What is in it. A clock that was set back fills nothing, and takes nothing.
    fn level(&self, now: OffsetDateTime) -> f64 {
        let since = (now - self.at).as_seconds_f64().max(0.0);
        (self.level + since * self.per_s).min(self.most)
    }

    /// Seconds until so much can be taken; none: now. What is larger than the bucket needs a full one.
    pub fn wait_s(&self, amount: f64, now: OffsetDateTime) -> Option<f64> {
        if self.per_s == 0.0 {
            return None;
        }
        let missing = amount.min(self.most) - self.level(now);
        (missing > 0.0).then(|| missing / self.per_s)
    }

    pub fn take(&mut self, amount: f64, now: OffsetDateTime) {
        if self.per_s > 0.0 {
            (self.level, self.at) = (self.level(now) - amount, now);
        }
    }

    /// How much can be taken at once now.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the most")]
    pub fn left(&self, now: OffsetDateTime) -> u64 {
        self.level(now).max(0.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-03-02 8:00 UTC);

    #[test]
    fn a_burst_empties_it_and_time_fills_it_again() {
        let mut bucket = Bucket::new(2, 4, START);
        for _ in 0..4 {
            assert_eq!(bucket.wait_s(1.0, START), None);
            bucket.take(1.0, START);
        }
        assert_eq!(bucket.wait_s(1.0, START), Some(0.5));
        assert_eq!(bucket.wait_s(1.0, START + Duration::seconds(1)), None);
        assert_eq!(bucket.left(START + Duration::days(1)), 4, "never more than the burst");
    }

    #[test]
    fn what_is_larger_than_the_bucket_needs_a_full_one_and_is_paid_for_afterwards() {
        let mut bucket = Bucket::new(10, 10, START);
        assert_eq!(bucket.wait_s(30.0, START), None);
        bucket.take(30.0, START);
        assert_eq!(bucket.wait_s(1.0, START), Some(2.1));
    }

    #[test]
    fn a_clock_that_was_set_back_fills_nothing_and_locks_nobody_out() {
        let mut bucket = Bucket::new(1, 2, START);
        bucket.take(2.0, START);
        let before = START - Duration::days(1);
        assert_eq!(bucket.wait_s(1.0, before), Some(1.0));
        bucket.take(0.0, before);
        assert_eq!(bucket.wait_s(1.0, before + Duration::seconds(1)), None);
    }

    proptest! {
        #[test]
        fn over_any_time_no_more_is_taken_than_the_burst_and_the_rate_allow(
            per_s in 1..50_u64, burst in 1..100_u64, gaps in prop::collection::vec(0..2_000_i64, 1..300),
        ) {
            let (mut bucket, mut now, mut taken) = (Bucket::new(per_s, burst, START), START, 0_u64);
            for gap_ms in gaps {
                now += Duration::milliseconds(gap_ms);
                if bucket.wait_s(1.0, now).is_none() {
                    bucket.take(1.0, now);
                    taken += 1;
                }
            }
            let seconds = (now - START).as_seconds_f64();
            #[allow(clippy::cast_precision_loss, reason = "small numbers")]
            let most = burst.max(per_s) as f64 + seconds * per_s as f64 + 1e-6;
            #[allow(clippy::cast_precision_loss, reason = "small numbers")]
            let taken = taken as f64;
            prop_assert!(taken <= most, "{taken} of {most}");
        }
    }
}

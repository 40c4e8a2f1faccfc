//! Chance from a seed: the same seed, the same week.

use std::ops::RangeInclusive;

use rand::{Rng, SeedableRng, rngs::StdRng};
use samflyt_events::personal::holds_identity_number;

pub struct Chance(StdRng);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    pub fn within(&mut self, range: RangeInclusive<i64>) -> i64 {
        self.0.random_range(range)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of them; there must be one.
    pub fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[self.below(16)])).collect()
    }

    pub fn digits(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789"[self.below(10)])).collect()
    }

    /// A random UUID (RFC 9562, version 4) in which no run of digits can be taken for an identity number.
    pub fn uuid(&mut self) -> String {
        loop {
            let variant = *self.pick(&['8', '9', 'a', 'b']);
            let parts = [8, 4, 3, 3, 12].map(|digits| self.hex(digits));
            let [a, b, c, d, e] = &parts;
            let uuid = format!("{a}-{b}-4{c}-{variant}{d}-{e}");
            if !holds_identity_number(&uuid) {
                return uuid;
            }
        }
    }
}

//! Says how long to wait before the next try: longer each time, never in step with others.
//!
//! *Holds*: every wait lies between half of and the whole of the current step, and the step
//! between 100 ms and 5 s. *Source*: "equal jitter" of the AWS Architecture Blog, 2015.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// A wait that doubles until something succeeds.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    step: Duration,
    state: u64,
}

impl Backoff {
    /// Seeded by the process.
    pub(crate) fn random() -> Self {
        Self::seeded(RandomState::new().hash_one(0_u8))
    }

    /// The same seed gives the same waits.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { step: FIRST, state: seed }
    }

    /// The next wait.
    pub(crate) fn next(&mut self) -> Duration {
        let half = self.step / 2;
        let share = self.draw() as f64 / u64::MAX as f64;
        let wait = half + half.mul_f64(share);
        self.step = (self.step * 2).min(LONGEST);
        wait
    }

    /// Something succeeded.
    pub(crate) fn reset(&mut self) {
        self.step = FIRST;
    }

    /// SplitMix64.
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_seconds_and_start_anew() {
        let mut backoff = Backoff::seeded(7);
        let waits: Vec<_> = (0..10).map(|_| backoff.next()).collect();
        assert!(waits[0] >= FIRST / 2 && waits[0] <= FIRST);
        assert!(waits[9] >= LONGEST / 2 && waits[9] <= LONGEST);
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}

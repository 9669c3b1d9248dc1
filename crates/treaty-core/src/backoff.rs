//! Waits longer after each failure, and not in step with others.
//!
//! *Holds*: the wait is between 0 and `max`, whatever the attempt. — *Source*: "full
//! jitter" in Marc Brooker, "Exponential Backoff And Jitter", 2015.

use std::time::Duration;

/// How waits grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// The longest wait after the first failure.
    pub initial: Duration,
    /// The longest wait after any failure.
    pub max: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { initial: Duration::from_millis(100), max: Duration::from_secs(5) }
    }
}

impl Config {
    /// The wait after the `failures`-th failure in a row (1 for the first), between half
    /// and all of its ceiling. `random` is uniform over `u64`.
    pub fn wait(&self, failures: u32, random: u64) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let ceiling = self.initial.saturating_mul(1 << doublings).min(self.max);
        ceiling.mul_f64(0.5 + 0.5 * (random as f64 / u64::MAX as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_its_ceiling_and_no_further() {
        let config = Config::default();
        assert_eq!(config.wait(1, u64::MAX), Duration::from_millis(100));
        assert_eq!(config.wait(2, u64::MAX), Duration::from_millis(200));
        assert_eq!(config.wait(2, 0), Duration::from_millis(100));
        assert_eq!(config.wait(1000, u64::MAX), Duration::from_secs(5));
    }
}

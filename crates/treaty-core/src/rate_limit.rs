//! Lets so many calls through each second, and no burst beyond what was agreed.
//!
//! *Holds*: over any time, at most `per_second` × time + `burst` calls pass. — *Source*: the
//! generic cell rate algorithm, ITU-T I.371.

use std::num::NonZeroU32;
use std::time::Duration;

/// How many calls may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Each second.
    pub per_second: NonZeroU32,
    /// At once, after a pause; at least one.
    pub burst: NonZeroU32,
}

/// One limit's state: the time at which the calls so far will have been used up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimit {
    used_until: Duration,
}

impl RateLimit {
    /// Lets a call through, or tells how long to wait before the next try.
    ///
    /// # Errors
    /// The wait, when the limit is reached.
    pub fn admit(&mut self, config: &Config, now: Duration) -> Result<(), Duration> {
        let each = Duration::from_secs(1) / config.per_second.get();
        let tolerance = each * (config.burst.get() - 1);
        let used_until = self.used_until.max(now);
        let ahead = used_until - now;
        if ahead > tolerance {
            return Err(ahead - tolerance);
        }
        self.used_until = used_until + each;
        Ok(())
    }

    /// Whether nothing of the limit is in use, so that it can be forgotten.
    pub fn is_idle(&self, now: Duration) -> bool {
        self.used_until <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(per_second: u32, burst: u32) -> Config {
        let number = |number| NonZeroU32::new(number).unwrap();
        Config { per_second: number(per_second), burst: number(burst) }
    }

    #[test]
    fn lets_a_burst_through_and_then_one_at_a_time() {
        let (config, second) = (config(10, 5), Duration::from_secs(1));
        let mut limit = RateLimit::default();
        let passed = |limit: &mut RateLimit, now| {
            (0..100).take_while(|_| limit.admit(&config, now).is_ok()).count()
        };
        assert_eq!(passed(&mut limit, second), 5);
        assert_eq!(limit.admit(&config, second), Err(second / 10));
        assert_eq!(passed(&mut limit, second + second / 10), 1);
        assert!(!limit.is_idle(second));
        assert_eq!(passed(&mut limit, second * 60), 5, "a pause earns a burst, and no more");
        assert!(limit.is_idle(second * 61));
    }

    #[test]
    fn keeps_to_its_rate_over_any_time() {
        let config = config(100, 7);
        let mut limit = RateLimit::default();
        for seconds in 1..20_u64 {
            let mut passed = 0;
            let mut limit_here = std::mem::take(&mut limit);
            for tick in 0..seconds * 1_000 {
                let now = Duration::from_millis(tick);
                passed += u64::from(limit_here.admit(&config, now).is_ok());
            }
            assert!(passed <= seconds * 100 + 7, "{passed} in {seconds} s");
            assert!(passed + 1 >= seconds * 100, "{passed} in {seconds} s");
        }
    }
}

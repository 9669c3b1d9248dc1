//! Counts what a peer makes us do for nothing.
//!
//! *Holds*: a peer that works is never stopped; one that only makes work is, after a bounded
//! amount of it. — *Source*: CVE-2023-44487 (rapid reset), CVE-2019-9512, -9515, -9518 (PING,
//! SETTINGS and empty frame floods).

use std::time::Duration;

/// How much a peer may cost beyond what its calls do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// At once.
    pub burst: u32,
    /// Each second, from then on.
    pub per_second: u32,
}

#[derive(Debug)]
pub(super) struct Budget {
    allowance: Allowance,
    left: u32,
    refilled: Duration,
}

impl Budget {
    pub(super) fn new(allowance: Allowance, now: Duration) -> Self {
        Self { allowance, left: allowance.burst, refilled: now }
    }

    /// Takes one; `false` when there is none left.
    pub(super) fn spend(&mut self, now: Duration) -> bool {
        if self.left == 0 {
            let since = now.saturating_sub(self.refilled);
            let more = since.as_millis() * u128::from(self.allowance.per_second) / 1000;
            self.left = more.min(u128::from(self.allowance.burst)) as u32;
            if self.left > 0 {
                self.refilled = now;
            }
        }
        let had = self.left > 0;
        self.left = self.left.saturating_sub(1);
        had
    }

    /// Gives one back for something useful.
    pub(super) fn earn(&mut self) {
        self.left = (self.left + 1).min(self.allowance.burst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_comes_back_with_time_or_work() {
        let second = Duration::from_secs(1);
        let mut budget = Budget::new(Allowance { burst: 3, per_second: 2 }, Duration::ZERO);
        let spent = |budget: &mut Budget, now| (0..10).filter(|_| budget.spend(now)).count();
        assert_eq!(spent(&mut budget, Duration::ZERO), 3);
        assert_eq!(spent(&mut budget, second), 2);
        budget.earn();
        assert_eq!(spent(&mut budget, second), 1);
        assert_eq!(spent(&mut budget, second * 100), 3, "never more than the burst");
    }
}

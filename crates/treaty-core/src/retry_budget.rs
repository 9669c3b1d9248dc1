//! Lets only so many of a backend's calls be retries or hedges, so that trouble is not multiplied.
//!
//! *Holds*: at each retry, those of the window that ends there are at most `ratio` of its calls,
//! plus `min_per_second` for each of its seconds. — *Source*: Finagle's and Linkerd's retry budgets; Gateway API
//! `XBackendTrafficPolicy` (20 %, 10 s, at least 10 a second).

use std::time::Duration;

/// How many retries there may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// For each call, so many retries; 0.2 is one for five calls.
    pub ratio: f64,
    /// Retries that are always allowed.
    pub min_per_second: u32,
}

/// What the ratio is taken over.
pub const WINDOW: Duration = Duration::from_secs(10);
const BUCKETS: usize = 10;

impl Default for Config {
    fn default() -> Self {
        Self { ratio: 0.2, min_per_second: 10 }
    }
}

/// One backend's budget.
#[derive(Debug, Clone)]
pub struct RetryBudget {
    config: Config,
    /// In each second of the window: calls, and retries.
    buckets: [(u32, u32); BUCKETS],
    second: u64,
    calls: u64,
    retries: u64,
}

impl RetryBudget {
    /// A budget of which nothing is spent.
    pub fn new(config: Config) -> Self {
        Self { config, buckets: [(0, 0); BUCKETS], second: 0, calls: 0, retries: 0 }
    }

    /// A call came, for the first time.
    pub fn deposit(&mut self, now: Duration) {
        self.turn_to(now);
        self.buckets[self.place()].0 += 1;
        self.calls += 1;
    }

    /// Takes one retry, if there is one left.
    pub fn withdraw(&mut self, now: Duration) -> bool {
        self.turn_to(now);
        let always = u64::from(self.config.min_per_second) * WINDOW.as_secs();
        let most = always + (self.calls as f64 * self.config.ratio) as u64;
        let is_allowed = self.retries < most;
        if is_allowed {
            self.buckets[self.place()].1 += 1;
            self.retries += 1;
        }
        is_allowed
    }

    fn place(&self) -> usize {
        (self.second % BUCKETS as u64) as usize
    }

    fn turn_to(&mut self, now: Duration) {
        let second = now.as_secs();
        for _ in 0..second.saturating_sub(self.second).min(BUCKETS as u64) {
            self.second += 1;
            let place = self.place();
            let (calls, retries) = std::mem::take(&mut self.buckets[place]);
            self.calls -= u64::from(calls);
            self.retries -= u64::from(retries);
        }
        self.second = self.second.max(second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn withdrawn(budget: &mut RetryBudget, now: Duration) -> usize {
        (0..10_000).take_while(|_| budget.withdraw(now)).count()
    }

    #[test]
    fn allows_a_part_of_the_calls_and_a_little_always() {
        let mut budget = RetryBudget::new(Config::default());
        assert_eq!(withdrawn(&mut budget, SECOND), 100);
        for _ in 0..1_000 {
            budget.deposit(SECOND);
        }
        assert_eq!(withdrawn(&mut budget, SECOND), 200);
        assert_eq!(withdrawn(&mut budget, SECOND * 5), 0);
        assert_eq!(withdrawn(&mut budget, SECOND * 11), 100, "the window has passed");
    }

    #[test]
    fn never_exceeds_the_ratio_of_the_window_before() {
        const SEED: u64 = 5;
        println!("random calls and retries, counted at every retry; seed {SEED}");
        let mut random = SEED;
        let mut next = move |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
            (random >> 33) % below
        };
        let config = Config { ratio: 0.2, min_per_second: 1 };
        let mut budget = RetryBudget::new(config);
        let (mut calls, mut retries) = (vec![0_u64; 200], vec![0_u64; 200]);
        for second in 0..200 {
            let now = Duration::from_secs(second as u64);
            for _ in 0..next(60) {
                budget.deposit(now);
                calls[second] += 1;
                while next(3) > 0 && budget.withdraw(now) {
                    retries[second] += 1;
                    let from = second.saturating_sub(BUCKETS - 1);
                    let sum = |of: &[u64]| of[from..=second].iter().sum::<u64>();
                    let (calls, retries) = (sum(&calls), sum(&retries));
                    assert!(retries <= calls / 5 + 10, "second {second}: {retries} for {calls}");
                }
            }
        }
        assert!(retries.iter().sum::<u64>() > 500);
    }
}

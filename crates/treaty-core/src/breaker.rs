//! Stops sending to an endpoint that keeps failing, and lets it back slowly.
//!
//! *Does not* pick endpoints, retry or read clocks. — *Holds*: at most one probe in flight per
//! endpoint; what a caller does wrong (INVALID_ARGUMENT, PERMISSION_DENIED and the like) never
//! counts against an endpoint. — *Source*: Linkerd's consecutive and success-rate breakers;
//! gRFC A50.

use std::time::Duration;

use crate::backoff;

/// When an endpoint is stopped, and for how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// Failures in a row.
    pub consecutive_failures: u32,
    /// The least part of calls of the last [`WINDOW`] that must succeed, of 0 to 1.
    pub success_rate: f64,
    /// Calls of the last [`WINDOW`] below which the rate says nothing.
    pub least_calls: u32,
    /// How long it is stopped: longer after each probe that fails.
    pub ejection: backoff::Config,
}

/// What the success rate is taken over.
pub const WINDOW: Duration = Duration::from_secs(10);
const BUCKETS: usize = 10;

impl Default for Config {
    fn default() -> Self {
        Self {
            consecutive_failures: 7,
            success_rate: 0.8,
            least_calls: 5,
            ejection: backoff::Config {
                initial: Duration::from_secs(1),
                max: Duration::from_secs(60),
            },
        }
    }
}

/// What the end of a call says of its endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It does its work; whether the caller likes the answer is another matter.
    Good,
    /// It does not.
    Bad,
    /// It has too much of it: it fails a probe and lowers the rate, but is no failure in a row.
    Busy,
    /// Nothing: the caller went away first.
    Unknown,
}

impl Health {
    /// What a gRPC status says, seen at the end of the stream.
    pub const fn of_status(code: u8) -> Self {
        match code {
            1 => Self::Unknown,
            2 | 4 | 13 | 14 | 15 => Self::Bad,
            8 => Self::Busy,
            _ => Self::Good,
        }
    }
}

/// Whether an endpoint takes calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does.
    Closed,
    /// Not before this time.
    Open {
        /// Monotonic, as all times here.
        until: Duration,
    },
    /// One call is to show whether it does.
    HalfOpen,
}

/// One endpoint's breaker.
#[derive(Debug, Clone)]
pub struct Breaker {
    config: Config,
    state: State,
    /// Failures since the last success, and ejections since the breaker was closed.
    in_a_row: u32,
    ejections: u32,
    /// In each second of the window: calls that went well, and all.
    buckets: [(u32, u32); BUCKETS],
    second: u64,
}

impl Breaker {
    /// A breaker that lets calls through.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            state: State::Closed,
            in_a_row: 0,
            ejections: 0,
            buckets: [(0, 0); BUCKETS],
            second: 0,
        }
    }

    /// Where the breaker stands at `now`.
    pub fn state(&self, now: Duration) -> State {
        match self.state {
            State::Open { until } if until <= now => State::HalfOpen,
            state => state,
        }
    }

    /// Whether the endpoint may be picked at `now`.
    pub fn admits(&self, now: Duration) -> bool {
        match self.state {
            State::Closed => true,
            State::Open { until } => until <= now,
            // Its probe is under way.
            State::HalfOpen => false,
        }
    }

    /// A call was sent.
    pub fn began(&mut self, now: Duration) {
        if matches!(self.state, State::Open { until } if until <= now) {
            self.state = State::HalfOpen;
        }
    }

    /// A call has ended; `random` is uniform over `u64`. Returns whether the state changed.
    pub fn ended(&mut self, health: Health, now: Duration, random: u64) -> bool {
        self.turn_to(now);
        let bucket = &mut self.buckets[(self.second % BUCKETS as u64) as usize];
        match health {
            Health::Unknown => {}
            Health::Good => {
                bucket.0 += 1;
                bucket.1 += 1;
                self.in_a_row = 0;
            }
            Health::Bad => {
                bucket.1 += 1;
                self.in_a_row += 1;
            }
            Health::Busy => bucket.1 += 1,
        }
        match (self.state, health) {
            (State::HalfOpen, Health::Good) => {
                self.close();
                true
            }
            // Another call may show it, at once.
            (State::HalfOpen, Health::Unknown) => {
                self.state = State::Open { until: now };
                true
            }
            (State::HalfOpen, _) => {
                self.open(now, random);
                true
            }
            (State::Closed, Health::Bad | Health::Busy) if self.is_failing() => {
                self.open(now, random);
                true
            }
            _ => false,
        }
    }

    fn is_failing(&self) -> bool {
        let (good, all) = self
            .buckets
            .iter()
            .fold((0, 0), |(good, all), bucket| (good + bucket.0, all + bucket.1));
        let rate = f64::from(good) / f64::from(all.max(1));
        self.in_a_row >= self.config.consecutive_failures
            || all >= self.config.least_calls && rate < self.config.success_rate
    }

    fn open(&mut self, now: Duration, random: u64) {
        self.ejections = self.ejections.saturating_add(1);
        let wait = self.config.ejection.wait(self.ejections, random);
        self.state = State::Open { until: now + wait };
    }

    fn close(&mut self) {
        self.state = State::Closed;
        self.in_a_row = 0;
        self.ejections = 0;
        self.buckets = [(0, 0); BUCKETS];
    }

    fn turn_to(&mut self, now: Duration) {
        let second = now.as_secs();
        let passed = second.saturating_sub(self.second).min(BUCKETS as u64);
        for ahead in 1..=passed {
            self.buckets[((self.second + ahead) % BUCKETS as u64) as usize] = (0, 0);
        }
        if passed == BUCKETS as u64 {
            self.buckets = [(0, 0); BUCKETS];
        }
        self.second = self.second.max(second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn failed(breaker: &mut Breaker, times: u32, now: Duration) {
        for _ in 0..times {
            breaker.ended(Health::Bad, now, u64::MAX);
        }
    }

    fn only_in_a_row() -> Breaker {
        Breaker::new(Config { least_calls: u32::MAX, ..Config::default() })
    }

    #[test]
    fn opens_after_failures_in_a_row_and_probes_once() {
        let mut breaker = only_in_a_row();
        failed(&mut breaker, 6, SECOND);
        assert!(breaker.admits(SECOND));
        failed(&mut breaker, 1, SECOND);
        assert!(!breaker.admits(SECOND));
        let later = SECOND * 2;
        assert_eq!(breaker.state(later), State::HalfOpen);
        assert!(breaker.admits(later));
        breaker.began(later);
        assert!(!breaker.admits(later), "one probe at a time");
        breaker.ended(Health::Good, later, 0);
        assert_eq!(breaker.state(later), State::Closed);
    }

    #[test]
    fn waits_longer_after_each_probe_that_fails() {
        let mut breaker = only_in_a_row();
        let mut now = SECOND;
        failed(&mut breaker, 7, now);
        let mut waits = Vec::new();
        for _ in 0..8 {
            let State::Open { until } = breaker.state(now) else { panic!("not open") };
            waits.push((until - now).as_secs());
            now = until;
            breaker.began(now);
            breaker.ended(Health::Busy, now, u64::MAX);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn opens_when_too_few_calls_succeed() {
        let mut breaker = Breaker::new(Config::default());
        for _ in 0..16 {
            breaker.ended(Health::Good, SECOND, 0);
        }
        failed(&mut breaker, 4, SECOND);
        assert!(breaker.admits(SECOND), "four of five is enough");
        assert!(breaker.ended(Health::Busy, SECOND, u64::MAX));
        assert!(!breaker.admits(SECOND));
    }

    #[test]
    fn forgets_what_is_older_than_its_window() {
        let mut breaker = Breaker::new(Config { least_calls: 8, ..Config::default() });
        failed(&mut breaker, 6, SECOND);
        breaker.ended(Health::Good, SECOND, 0);
        failed(&mut breaker, 1, SECOND * 12);
        assert!(breaker.admits(SECOND * 12));
    }

    #[test]
    fn what_callers_do_wrong_is_not_the_endpoints_fault() {
        let mut breaker = Breaker::new(Config::default());
        for code in [0, 3, 5, 6, 7, 9, 10, 11, 12, 16, 1] {
            for _ in 0..100 {
                breaker.ended(Health::of_status(code), SECOND, 0);
            }
            assert!(breaker.admits(SECOND), "status {code}");
        }
    }

    #[test]
    fn a_probe_whose_caller_goes_away_is_made_again() {
        let mut breaker = only_in_a_row();
        failed(&mut breaker, 7, SECOND);
        let later = SECOND * 3;
        breaker.began(later);
        breaker.ended(Health::Unknown, later, 0);
        assert!(breaker.admits(later));
    }
}

//! Measures how slow an endpoint is: rises at once with a slow answer, falls slowly.
//!
//! *Does not* read a clock. — *Holds*: an endpoint with more calls in flight never has
//! a lower load than it had with fewer. — *Source*: Finagle's `PeakEwma`; Linkerd's
//! defaults (30 ms to start with, 10 s of decay).

use std::time::Duration;

/// How measurements age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// Assumed before the first answer.
    pub initial_rtt: Duration,
    /// After this time a measurement weighs 1/e of what it did.
    pub decay: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { initial_rtt: Duration::from_millis(30), decay: Duration::from_secs(10) }
    }
}

/// The moving, peak-sensitive average of one endpoint's round trips.
#[derive(Debug, Clone)]
pub struct PeakEwma {
    config: Config,
    rtt_nanos: f64,
    updated: Duration,
}

impl PeakEwma {
    /// Starts with the assumed round trip at `now`.
    pub fn new(config: Config, now: Duration) -> Self {
        Self { config, rtt_nanos: config.initial_rtt.as_nanos() as f64, updated: now }
    }

    /// Takes in one round trip that ended at `now`.
    pub fn observe(&mut self, rtt: Duration, now: Duration) {
        let rtt = rtt.as_nanos() as f64;
        self.rtt_nanos = if rtt > self.rtt_nanos {
            rtt
        } else {
            let weight = self.weight(now);
            self.rtt_nanos * weight + rtt * (1.0 - weight)
        };
        self.updated = self.updated.max(now);
    }

    /// The load at `now` with `in_flight` calls: nanoseconds, comparable between endpoints.
    pub fn load(&self, in_flight: usize, now: Duration) -> f64 {
        (self.rtt_nanos * self.weight(now)).max(1.0) * (in_flight as f64 + 1.0)
    }

    fn weight(&self, now: Duration) -> f64 {
        let age = now.saturating_sub(self.updated).as_nanos() as f64;
        (-age / self.config.decay.as_nanos().max(1) as f64).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_slow_answer_counts_at_once_and_is_forgiven_slowly() {
        let mut ewma = PeakEwma::new(Config::default(), Duration::ZERO);
        ewma.observe(MS * 200, MS);
        let peak = ewma.load(0, MS);
        assert!(peak >= 200e6, "{peak}");
        ewma.observe(MS, MS * 2);
        assert!(ewma.load(0, MS * 2) > 190e6, "one fast answer must not wipe out the peak");
        ewma.observe(MS, Duration::from_secs(60));
        assert!(ewma.load(0, Duration::from_secs(60)) < 2e6, "a minute later it must be forgiven");
    }

    #[test]
    fn calls_in_flight_add_load() {
        let ewma = PeakEwma::new(Config::default(), Duration::ZERO);
        assert!(ewma.load(1, MS) > ewma.load(0, MS));
    }

    #[test]
    fn a_clock_that_steps_back_does_no_harm() {
        let mut ewma = PeakEwma::new(Config::default(), Duration::from_secs(9));
        ewma.observe(MS, Duration::from_secs(1));
        assert!(ewma.load(0, Duration::from_secs(2)).is_finite());
    }
}

//! Learns how many calls at a time an endpoint or a service stands, and sheds what is more.
//!
//! *Holds*: the limit stays between its bounds; it grows only while it is used. — *Source*:
//! Netflix's concurrency-limits (Gradient2); Envoy's adaptive concurrency.

use std::time::Duration;

/// How a limit moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// To begin with.
    pub initial: u32,
    /// Never less.
    pub min: u32,
    /// Never more.
    pub max: u32,
    /// A round trip may be so many times the usual one before the limit falls.
    pub tolerance: f64,
    /// How much of each new estimate counts, of 0 to 1.
    pub smoothing: f64,
    /// Round trips over which the usual one is taken.
    pub long_window: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { initial: 20, min: 4, max: 1_000, tolerance: 1.5, smoothing: 0.2, long_window: 600 }
    }
}

/// A limit that adapts.
#[derive(Debug, Clone)]
pub struct Limit {
    config: Config,
    limit: f64,
    in_flight: u32,
    /// The usual round trip, in seconds; 0 before the first.
    usual: f64,
}

impl Limit {
    /// A limit that knows nothing yet.
    pub fn new(config: Config) -> Self {
        Self { config, limit: f64::from(config.initial), in_flight: 0, usual: 0.0 }
    }

    /// How many calls at a time are let through.
    pub fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// Lets a call begin, unless there are too many.
    pub fn begin(&mut self) -> bool {
        let has_room = self.in_flight < self.limit();
        if has_room {
            self.in_flight += 1;
        }
        has_room
    }

    /// A call has ended; `rtt` is `None` when its time says nothing, as when the caller left.
    pub fn ended(&mut self, rtt: Option<Duration>) {
        let used = f64::from(self.in_flight);
        self.in_flight = self.in_flight.saturating_sub(1);
        let Some(rtt) = rtt.map(|rtt| rtt.as_secs_f64()).filter(|rtt| *rtt > 0.0) else { return };
        let weight = 1.0 / f64::from(self.config.long_window.max(1));
        self.usual = if self.usual == 0.0 { rtt } else { self.usual + (rtt - self.usual) * weight };
        if self.usual > 2.0 * rtt {
            // After a time of trouble the usual is too long: it is forgotten sooner.
            self.usual *= 0.95;
        }
        // Half a limit that is not used says nothing of a larger one.
        if used * 2.0 < self.limit {
            return;
        }
        let gradient = (self.config.tolerance * self.usual / rtt).clamp(0.5, 1.0);
        let queue = self.limit.sqrt();
        let wanted = self.limit * gradient + queue;
        let smoothing = self.config.smoothing;
        self.limit = (self.limit * (1.0 - smoothing) + wanted * smoothing)
            .clamp(f64::from(self.config.min), f64::from(self.config.max));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server with so many places: a call takes 10 ms, and longer for each that waits.
    fn run(limit: &mut Limit, places: u32, rounds: u32) {
        for _ in 0..rounds {
            let mut begun = 0;
            while limit.begin() {
                begun += 1;
            }
            let slow = f64::from(begun.max(places)) / f64::from(places);
            for _ in 0..begun {
                limit.ended(Some(Duration::from_secs_f64(0.010 * slow)));
            }
        }
    }

    #[test]
    fn finds_about_what_a_server_stands_and_follows_it() {
        let mut limit = Limit::new(Config { long_window: 20_000, ..Config::default() });
        run(&mut limit, 100, 50);
        let found = limit.limit();
        println!("{found} for a server of 100 places");
        assert!((50..400).contains(&found), "{found}");
        run(&mut limit, 20, 100);
        let less = limit.limit();
        assert!((10..60).contains(&less), "{less} for a server of 20 places");
    }

    #[test]
    fn keeps_to_its_bounds() {
        let config = Config { min: 5, max: 30, ..Config::default() };
        let mut limit = Limit::new(config);
        run(&mut limit, 10_000, 100);
        assert_eq!(limit.limit(), 30);
        for slow in 1..200_u32 {
            while limit.begin() {}
            for _ in 0..limit.in_flight {
                limit.ended(Some(Duration::from_millis(10) * slow * slow));
            }
        }
        assert!((5..30).contains(&limit.limit()), "{}", limit.limit());
    }

    #[test]
    fn does_not_grow_without_use() {
        let mut limit = Limit::new(Config::default());
        for _ in 0..1_000 {
            assert!(limit.begin());
            limit.ended(Some(Duration::from_millis(1)));
        }
        assert_eq!(limit.limit(), 20);
    }

    #[test]
    fn refuses_what_is_too_much() {
        let mut limit = Limit::new(Config { initial: 3, ..Config::default() });
        assert_eq!((0..10).filter(|_| limit.begin()).count(), 3);
        limit.ended(None);
        assert!(limit.begin());
    }
}

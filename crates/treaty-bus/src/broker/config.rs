//! Where the bus keeps its log, and the bounds of everything that it holds.

use std::path::PathBuf;
use std::time::Duration;

use super::clock::Clock;

/// How a bus works.
#[derive(Debug, Clone)]
pub struct Config {
    /// The SQLite file; its folder must exist and be of one bus only.
    pub path: PathBuf,
    /// What a group gets that does not ask for something else.
    pub defaults: GroupDefaults,
    /// The bounds.
    pub limits: Limits,
    /// How long an event is kept after every group has settled it, and with it the memory of
    /// its id; 7 days. An event that a group still needs is kept for as long as it does.
    pub retention: Duration,
    /// How often outlived events are deleted; 60 s.
    pub sweep: Duration,
    /// What time it is.
    pub clock: Clock,
}

/// What a group gets that does not ask for something else.
#[derive(Debug, Clone)]
pub struct GroupDefaults {
    /// Unsettled deliveries of the whole group; 256.
    pub max_in_flight: u32,
    /// The wait for an answer to a delivery; 30 s.
    pub ack_wait: Duration,
    /// The waits after failed attempts; 100 ms, 500 ms, 2 s, 10 s, 30 s.
    pub backoff: Vec<Duration>,
    /// Deliveries before an event becomes a dead letter; 10.
    pub max_deliveries: u32,
}

/// The bounds of everything that the bus holds.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The size of an event; 1 MiB. Never below the 64 KiB that CloudEvents demands.
    pub event_bytes: usize,
    /// Events in one publish; 1000.
    pub batch_events: usize,
    /// The size of a message on the wire, in either direction; 4 MiB.
    pub message_bytes: usize,
    /// The size of all events in the log; 8 GiB. Beyond it publishes are refused.
    pub log_bytes: u64,
    /// Groups; 256.
    pub groups: usize,
    /// Consumers of one group at a time; 256.
    pub consumers: usize,
    /// Credits that one consumer can hold, and so events in memory for it; 256. More are not
    /// counted.
    pub credits: u32,
    /// What a group may ask for as its `max_in_flight`; 10 000. More becomes this.
    pub in_flight: u32,
    /// Keys of one group that are in flight, waiting or parked; 100 000. Beyond it the group
    /// reads no further.
    pub keys: usize,
    /// Calls that wait for the writer; 1024. Beyond it callers wait.
    pub queue: usize,
    /// Calls that share a commit; 256.
    pub commit: usize,
    /// Records whose checksums are checked when the log is opened, the last ones; 10 000.
    pub checked_on_open: u32,
    /// Bytes of an error text that are kept; 1024.
    pub error_bytes: usize,
    /// Backoff steps of one group; 32. More are ignored.
    pub backoff_steps: usize,
    /// Type filters of one group; 256.
    pub types: usize,
}

impl Config {
    /// The defaults, over the log at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            defaults: GroupDefaults::default(),
            limits: Limits::default(),
            retention: Duration::from_secs(7 * 24 * 60 * 60),
            sweep: Duration::from_secs(60),
            clock: Clock::system(),
        }
    }
}

impl Default for GroupDefaults {
    fn default() -> Self {
        Self {
            max_in_flight: 256,
            ack_wait: Duration::from_secs(30),
            backoff: [100, 500, 2_000, 10_000, 30_000].map(Duration::from_millis).to_vec(),
            max_deliveries: 10,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            event_bytes: 1024 * 1024,
            batch_events: 1000,
            message_bytes: 4 * 1024 * 1024,
            log_bytes: 8 * 1024 * 1024 * 1024,
            groups: 256,
            consumers: 256,
            credits: 256,
            in_flight: 10_000,
            keys: 100_000,
            queue: 1024,
            commit: 256,
            checked_on_open: 10_000,
            error_bytes: 1024,
            backoff_steps: 32,
            types: 256,
        }
    }
}

//! Says how a group of consumers wants to be served.
//!
//! *Does not* hold its cursor; the bus does. *Holds*: a duration or count that is left out is
//! the bus's default ([`crate::broker::GroupDefaults`]).

use std::time::{Duration, SystemTime};

use contracts::treaty::bus::v1 as proto;
use proto::start_position::{self, Position};

/// A durable group, by name. Instances that subscribe under one name share its events.
///
/// Settings of a group that exists already are replaced by those of the last instance that
/// subscribed; [`Group::start`] counts only for a new group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub(crate) open: proto::OpenGroup,
    pub(crate) concurrency: u32,
    pub(crate) drain: Duration,
}

/// Where a new group starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With the oldest event that the bus keeps.
    First,
    /// With the next event that is published.
    New,
    /// With this sequence, or the next one that is kept.
    Sequence(u64),
    /// With the first event that was stored at this time or later.
    Time(SystemTime),
}

/// What becomes of a key when one of its events becomes a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDeadLetter {
    /// Its next event is delivered.
    #[default]
    Continue,
    /// It waits until the dead letter is redriven or purged.
    ParkKey,
}

impl Group {
    /// A group that hears every type from the oldest event on, handles 16 events at a time per
    /// instance, and else is as the bus's defaults.
    ///
    /// `name` is 1 to 128 of `a-z`, `0-9`, `.`, `_` and `-`; the convention is the name of the
    /// service that consumes, such as `shop.dispatch`.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let open = proto::OpenGroup { group: name.into(), ..proto::OpenGroup::default() };
        Self { open, concurrency: 16, drain: Duration::from_secs(10) }
    }

    /// Only these types: full names, or prefixes that end in `.*`.
    #[must_use]
    pub fn types<S: Into<String>>(mut self, types: impl IntoIterator<Item = S>) -> Self {
        self.open.types = types.into_iter().map(Into::into).collect();
        self
    }

    /// Where the group starts when it is new.
    #[must_use]
    pub fn start(mut self, start: Start) -> Self {
        self.open.start = Some(start.into());
        self
    }

    /// How many deliveries of all instances together may be unsettled.
    #[must_use]
    pub fn max_in_flight(mut self, deliveries: u32) -> Self {
        self.open.max_in_flight = deliveries;
        self
    }

    /// How long the bus waits for an answer before it delivers again.
    #[must_use]
    pub fn ack_wait(mut self, wait: Duration) -> Self {
        self.open.ack_wait = Some(to_proto(wait));
        self
    }

    /// How long to wait after the first failed attempt, the second and so on; the last repeats.
    #[must_use]
    pub fn backoff(mut self, delays: impl IntoIterator<Item = Duration>) -> Self {
        self.open.backoff = delays.into_iter().map(to_proto).collect();
        self
    }

    /// After how many deliveries without success an event becomes a dead letter.
    #[must_use]
    pub fn max_deliveries(mut self, deliveries: u32) -> Self {
        self.open.max_deliveries = deliveries;
        self
    }

    /// What becomes of a key when one of its events becomes a dead letter.
    #[must_use]
    pub fn on_dead_letter(mut self, policy: OnDeadLetter) -> Self {
        self.open.on_dead_letter = match policy {
            OnDeadLetter::Continue => proto::DeadLetterPolicy::Continue,
            OnDeadLetter::ParkKey => proto::DeadLetterPolicy::ParkKey,
        }
        .into();
        self
    }

    /// How this instance is called in status and logs.
    #[must_use]
    pub fn consumer(mut self, name: impl Into<String>) -> Self {
        self.open.consumer = name.into();
        self
    }

    /// How many events this instance handles at a time; at least 1, 16 unless told.
    #[must_use]
    pub fn concurrency(mut self, handlers: u32) -> Self {
        self.concurrency = handlers.max(1);
        self
    }

    /// How long handlers may take to finish when this instance shuts down; 10 s unless told.
    #[must_use]
    pub fn drain(mut self, limit: Duration) -> Self {
        self.drain = limit;
        self
    }

    /// The group's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.open.group
    }
}

impl From<Start> for proto::StartPosition {
    fn from(start: Start) -> Self {
        let position = match start {
            Start::First => Position::First(start_position::First {}),
            Start::New => Position::New(start_position::New {}),
            Start::Sequence(sequence) => Position::Sequence(sequence),
            Start::Time(time) => Position::Time(time.into()),
        };
        Self { position: Some(position) }
    }
}

/// Durations beyond what protobuf can say become its longest.
fn to_proto(duration: Duration) -> prost_types::Duration {
    prost_types::Duration::try_from(duration)
        .unwrap_or(prost_types::Duration { seconds: 315_576_000_000, nanos: 0 })
}

//! The frame forwarder: bytes in, bytes out, on any number of connections.
//!
//! A call is an *exchange* of two streams. Its head is decoded once and decided upon; its body
//! goes from one connection's input to another's output without being looked at, under both
//! windows of both sides; its end is read for the status.
//!
//! *Does not* do I/O, read clocks or decide: a driver brings bytes and time, a [`Director`]
//! decisions. — *Holds*: what a peer may make us keep is bounded by the windows that it was
//! given; nothing that a peer sends panics. — *Source*: RFC 9113.

mod body;
mod budget;
mod connection;
mod director;
mod dispatch;
mod end;
mod exchange;
mod headers;
mod life;
mod receive;
mod slab;
mod wheel;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use treaty_core::backoff;
use treaty_http2::hpack::{Block, SharedField};

pub use budget::Allowance;
pub use director::{
    Backend, Call, Decision, Director, Ended, Endpoint, Finished, Method, Outcome, Peer, Say,
};
pub use slab::Key;

use connection::Connection;
use dispatch::Pool;
use exchange::{Exchange, Kept};
use slab::Slab;
use wheel::Wheel;

/// What one engine may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Bytes that a peer may send on a stream before they went on; at least 65,535.
    pub stream_window: u32,
    /// Bytes that a peer may send on a connection before we have read them; at least 65,535.
    pub connection_window: u32,
    /// Bytes of one header list, as HTTP/2 counts them.
    pub max_header_list_bytes: usize,
    /// Calls at a time on a connection that was accepted.
    pub max_streams: u32,
    /// Calls at a time on a connection to an endpoint, if that allows more.
    pub max_streams_per_endpoint: u32,
    /// Connections to one endpoint, when the calls on one are too many (gRFC A105).
    pub max_connections_per_endpoint: usize,
    /// Calls that wait for an endpoint of one backend.
    pub max_waiting: usize,
    /// How long a call waits for an endpoint.
    pub max_wait: Duration,
    /// Bytes of a request that are kept to be sent again.
    pub max_kept_bytes: usize,
    /// Above so many bytes that wait to be written to one connection, those who send them get
    /// no more window.
    pub high_water_bytes: usize,
    /// PING, SETTINGS, empty DATA and the like, beyond what calls need.
    pub idle_work: Allowance,
    /// Calls that their caller resets, or that are refused for being too many.
    pub early_ends: Allowance,
    /// How long the first words of a connection may take.
    pub max_opening: Duration,
    /// After so long without a word, an endpoint is asked for a sign of life.
    pub keepalive: Duration,
    /// How long it may take to give one.
    pub keepalive_timeout: Duration,
    /// How long calls may take to end once the connection is told to.
    pub max_draining: Duration,
    /// How waits between attempts to connect grow.
    pub backoff: backoff::Config,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            stream_window: 65_535,
            connection_window: 1 << 20,
            max_header_list_bytes: 16 << 10,
            max_streams: 1_000,
            max_streams_per_endpoint: 1_000,
            max_connections_per_endpoint: 10,
            max_waiting: 1_000,
            max_wait: Duration::from_secs(3),
            max_kept_bytes: 64 << 10,
            high_water_bytes: 512 << 10,
            idle_work: Allowance { burst: 2_000, per_second: 500 },
            early_ends: Allowance { burst: 400, per_second: 100 },
            max_opening: Duration::from_secs(5),
            keepalive: Duration::from_secs(10),
            keepalive_timeout: Duration::from_secs(3),
            max_draining: Duration::from_secs(30),
            backoff: backoff::Config {
                initial: Duration::from_millis(100),
                max: Duration::from_secs(10),
            },
        }
    }
}

/// What the driver is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Open a connection to an endpoint; its bytes are those of the key.
    Connect(Key, Endpoint),
    /// Close a connection whose peer does not take the last that is to be said.
    Abandon(Key),
}

/// One thread's worth of forwarding.
#[derive(Debug)]
pub struct Engine<D> {
    config: Config,
    director: D,
    now: Duration,
    connections: Slab<Connection>,
    exchanges: Slab<Exchange>,
    pools: HashMap<Endpoint, Pool>,
    /// Calls that wait, by where they go.
    waiting: HashMap<Backend, VecDeque<Key>>,
    /// Connections with something to write, or to close.
    dirty: Vec<Key>,
    commands: Vec<Command>,
    wheel: Wheel,
    /// The block that is being read; and one that is being made.
    block: Block,
    made: Block,
    /// Room for what is kept of requests, to be used again.
    #[expect(clippy::vec_box, reason = "what is not in use costs a pointer")]
    spare: Vec<Box<Kept>>,
    fields: CommonFields,
    is_draining: bool,
    random: u64,
    /// Room for timers that fire.
    due: Vec<Key>,
    /// When connections are looked after next.
    next_care: Duration,
}

/// Fields that are written again and again.
#[derive(Debug)]
struct CommonFields {
    status_200: SharedField,
    content_type: SharedField,
}

/// Kept rooms that are not in use, at most.
const MAX_SPARE: usize = 256;

impl<D: Director> Engine<D> {
    /// An engine without connections. `now` is monotonic, since a start of the driver's choice;
    /// `seed` is what waits are spread by.
    pub fn new(mut config: Config, director: D, seed: u64, now: Duration) -> Self {
        let least = treaty_http2::INITIAL_WINDOW;
        config.stream_window = config.stream_window.max(least);
        config.connection_window = config.connection_window.max(least + 1);
        Self {
            config,
            director,
            now,
            connections: Slab::default(),
            exchanges: Slab::default(),
            pools: HashMap::new(),
            waiting: HashMap::new(),
            dirty: Vec::new(),
            commands: Vec::new(),
            wheel: Wheel::new(now),
            block: Block::new(),
            made: Block::new(),
            spare: Vec::new(),
            fields: CommonFields {
                status_200: SharedField::new(":status", "200"),
                content_type: SharedField::new("content-type", "application/grpc"),
            },
            is_draining: false,
            random: seed,
            due: Vec::new(),
            next_care: now,
        }
    }

    /// Who decides.
    pub fn director(&mut self) -> &mut D {
        &mut self.director
    }

    /// What to do beyond reading and writing; each is said once.
    pub fn commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    /// Connections that have something to write or to close, since this was asked last.
    pub fn take_dirty(&mut self, into: &mut Vec<Key>) {
        into.clear();
        std::mem::swap(into, &mut self.dirty);
        for &key in &*into {
            if let Some(connection) = self.connections.get_mut(key) {
                connection.is_dirty = false;
            }
        }
    }

    /// What is to be written to a connection; the driver takes from its front.
    pub fn outbox(&mut self, key: Key) -> Option<&mut Vec<u8>> {
        Some(&mut self.connections.get_mut(key)?.outbox)
    }

    /// Calls under way.
    pub fn calls(&self) -> usize {
        self.exchanges.len()
    }

    /// Connections, in both directions.
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// Marks a connection as one that the driver must look at.
    fn touch(&mut self, key: Key) {
        if let Some(connection) = self.connections.get_mut(key)
            && !connection.is_dirty
        {
            connection.is_dirty = true;
            self.dirty.push(key);
        }
    }
}

//! One HTTP/2 connection: what both sides agreed on, and its streams.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Duration;

use treaty_http2::hpack::{Decoder, Encoder};
use treaty_http2::{INITIAL_WINDOW, MAX_FRAME, Settings, Writer};

use super::Config;
use super::budget::Budget;
use super::director::{Endpoint, Peer};
use super::slab::Key;

/// Which end of a call this connection has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Calls come from there.
    Down(Peer),
    /// Calls go there.
    Up(Endpoint),
}

/// The side of an exchange: 0 towards the caller, 1 towards the endpoint.
pub(super) type Side = usize;
pub(super) const DOWN: Side = 0;
pub(super) const UP: Side = 1;

impl Role {
    pub(super) fn side(self) -> Side {
        match self {
            Self::Down(_) => DOWN,
            Self::Up(_) => UP,
        }
    }
}

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// The client's first words, or the server's first SETTINGS, did not come yet.
    Opening,
    /// Streams begin and end.
    Open,
    /// Streams end; GOAWAY was sent, but the last stream is not named yet.
    Draining,
    /// Streams end; none begins.
    Ending,
    /// What is in the outbox is the last.
    Closing,
}

/// A header block of which not all has come.
#[derive(Debug)]
pub(super) struct Partial {
    pub(super) stream: u32,
    pub(super) end: bool,
    pub(super) block: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) role: Role,
    pub(super) phase: Phase,
    /// Since when it is in this phase.
    pub(super) since: Duration,
    pub(super) inbox: Vec<u8>,
    pub(super) outbox: Vec<u8>,
    pub(super) decoder: Decoder,
    pub(super) encoder: Encoder,
    /// What we may send.
    pub(super) send_window: i64,
    /// What the peer may send.
    pub(super) receive_window: i64,
    /// What the peer sent and did not get back.
    pub(super) owed: u32,
    pub(super) peer_stream_window: i64,
    pub(super) peer_max_frame: usize,
    pub(super) peer_max_streams: u32,
    /// Which exchange each open stream belongs to.
    pub(super) streams: HashMap<u32, Key, BuildHasherDefault<StreamHasher>>,
    /// Of those that the peer began, the highest; of ours, the next.
    pub(super) highest: u32,
    pub(super) next: u32,
    /// Streams that we reset of late: what the peer had on the way is passed over.
    pub(super) reset: [u32; 16],
    pub(super) resets: usize,
    pub(super) partial: Option<Partial>,
    /// Exchanges that wait for this connection's window.
    pub(super) blocked: VecDeque<Key>,
    /// Exchanges whose sender gets its window back once the outbox has drained.
    pub(super) held: Vec<(Key, Side)>,
    /// Whether it is in the list of those that have something to send.
    pub(super) is_dirty: bool,
    pub(super) idle_work: Budget,
    pub(super) early_ends: Budget,
    /// When something came last, and whether it was asked to answer since.
    pub(super) heard: Duration,
    pub(super) is_pinged: bool,
    pub(super) is_settled: bool,
}

impl Connection {
    pub(super) fn new(role: Role, config: &Config, now: Duration) -> Self {
        let mut connection = Self {
            role,
            phase: Phase::Opening,
            since: now,
            inbox: Vec::new(),
            outbox: Vec::new(),
            decoder: Decoder::new(),
            encoder: Encoder::new(),
            send_window: i64::from(INITIAL_WINDOW),
            receive_window: i64::from(config.connection_window),
            owed: 0,
            peer_stream_window: i64::from(INITIAL_WINDOW),
            peer_max_frame: MAX_FRAME,
            // Until the peer says otherwise: RFC 9113, section 6.5.2, advises no less.
            peer_max_streams: 100,
            streams: HashMap::default(),
            highest: 0,
            next: 1,
            reset: [0; 16],
            resets: 0,
            partial: None,
            blocked: VecDeque::new(),
            held: Vec::new(),
            is_dirty: false,
            idle_work: Budget::new(config.idle_work, now),
            early_ends: Budget::new(config.early_ends, now),
            heard: now,
            is_pinged: false,
            is_settled: false,
        };
        connection.greet(config);
        connection
    }

    fn greet(&mut self, config: &Config) {
        let mut settings = Settings {
            initial_window: Some(config.stream_window),
            max_header_list_bytes: Some(config.max_header_list_bytes as u32),
            ..Settings::default()
        };
        match self.role {
            Role::Down(_) => settings.max_concurrent_streams = Some(config.max_streams),
            Role::Up(_) => {
                self.outbox.extend_from_slice(treaty_http2::PREFACE);
                settings.enable_push = Some(false);
            }
        }
        let mut writer = Writer(&mut self.outbox);
        writer.settings(&settings);
        writer.window_update(0, config.connection_window - INITIAL_WINDOW);
    }

    pub(super) fn writer(&mut self) -> Writer<'_> {
        Writer(&mut self.outbox)
    }

    /// Whether a call can begin here.
    pub(super) fn has_room(&self, config: &Config) -> bool {
        let most = self.peer_max_streams.min(config.max_streams_per_endpoint);
        self.phase == Phase::Open
            && self.streams.len() < most as usize
            && self.next < treaty_http2::MAX_WINDOW
    }

    /// Whether a stream that is not open ever was, or would be out of turn.
    pub(super) fn is_idle(&self, stream: u32) -> bool {
        match self.role {
            Role::Down(_) => stream.is_multiple_of(2) || stream > self.highest,
            Role::Up(_) => stream.is_multiple_of(2) || stream >= self.next,
        }
    }

    pub(super) fn was_reset(&self, stream: u32) -> bool {
        self.reset.contains(&stream)
    }

    pub(super) fn reset(&mut self, stream: u32, reason: treaty_http2::Reason) {
        self.writer().reset(stream, reason);
        self.reset[self.resets % self.reset.len()] = stream;
        self.resets = self.resets.wrapping_add(1);
    }
}

/// Stream numbers are as good as random once multiplied; a peer chooses them, but only in
/// rising order and no more than its streams.
#[derive(Debug, Default)]
pub(super) struct StreamHasher(u64);

impl Hasher for StreamHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for octet in bytes {
            self.0 = (self.0 ^ u64::from(*octet)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn write_u32(&mut self, stream: u32) {
        self.0 = u64::from(stream).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

//! One call: a stream from its caller, and a stream to the endpoint that takes it.

use std::time::Duration;

use treaty_http2::hpack::Block;

use super::director::{Backend, Endpoint, Method, Peer};
use super::slab::Key;
use super::wheel::Timer;

/// One of the two streams: what comes from it, and what goes to it.
#[derive(Debug, Default)]
pub(super) struct Half {
    /// Its connection; `None` while there is none.
    pub(super) connection: Option<Key>,
    pub(super) stream: u32,
    /// What we may send to it.
    pub(super) send_window: i64,
    /// What it may send to us.
    pub(super) receive_window: i64,
    /// What it sent and did not get back.
    pub(super) owed: u32,
    /// What goes to it and waits for window or a stream.
    pub(super) queue: Queue,
    /// After the queue, the end.
    pub(super) queue_ends: bool,
    /// After the queue, these, and the end.
    pub(super) trailers: Option<Box<Block>>,
    /// It has ended what it sends.
    pub(super) in_done: bool,
    /// We have ended what we send to it.
    pub(super) out_done: bool,
    /// It is in its connection's list of those that wait for window.
    pub(super) is_blocked: bool,
    /// What `content-length` promised and did not come yet.
    pub(super) promised: Option<u64>,
}

/// Bytes that wait.
#[derive(Debug, Default)]
pub(super) struct Queue {
    bytes: Vec<u8>,
    at: usize,
}

impl Queue {
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Forgets the first bytes, and gives back room that nothing needs.
    pub(super) fn advance(&mut self, count: usize) {
        self.at += count;
        if self.is_empty() {
            *self = Self::default();
        } else if self.at > self.bytes.len() / 2 {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// What is kept of a request while it may have to be sent again.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) head: Block,
    pub(super) data: Vec<u8>,
    pub(super) ended: bool,
    pub(super) trailers: Option<Box<Block>>,
}

impl Kept {
    pub(super) fn clear(&mut self) {
        self.head.clear();
        self.data.clear();
        self.ended = false;
        self.trailers = None;
    }
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It waits for an endpoint.
    Waiting,
    /// It was sent, and nothing came back.
    Sent,
    /// The answer has begun.
    Answered,
}

#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) halves: [Half; 2],
    pub(super) peer: Peer,
    pub(super) backend: Backend,
    pub(super) method: Method,
    pub(super) progress: Progress,
    pub(super) begun: Duration,
    pub(super) deadline: Option<Duration>,
    pub(super) timer: Option<Timer>,
    /// Until when it may wait for an endpoint.
    pub(super) wait_until: Duration,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) sent_at: Duration,
    pub(super) first_answer: Option<Duration>,
    /// How often it was sent, and may be.
    pub(super) attempt: u8,
    pub(super) attempts: u8,
    pub(super) kept: Option<Box<Kept>>,
    /// Bytes in the queue to the endpoint that were sent before, and given back then.
    pub(super) replayed: usize,
    /// When it is sent again, if not at once.
    pub(super) retry_at: Option<Duration>,
    /// An endpoint refused it once without having begun it.
    pub(super) was_refused: bool,
    /// The deadline is not the caller's.
    pub(super) timeout_is_ours: bool,
    /// `:status` of the answer.
    pub(super) http_status: u16,
    /// The status that went to the caller.
    pub(super) status: Option<u8>,
}

impl Exchange {
    pub(super) fn new(peer: Peer, now: Duration) -> Self {
        Self {
            halves: Default::default(),
            peer,
            backend: Backend(0),
            method: Method(0),
            progress: Progress::Waiting,
            begun: now,
            deadline: None,
            timer: None,
            wait_until: now,
            endpoint: None,
            sent_at: now,
            first_answer: None,
            attempt: 0,
            attempts: 1,
            kept: None,
            replayed: 0,
            retry_at: None,
            was_refused: false,
            timeout_is_ours: false,
            http_status: 200,
            status: None,
        }
    }
}

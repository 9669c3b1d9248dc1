//! Finds a stream for a call: at once, after a wait, or again.
//!
//! *Holds*: a call waits no longer than it may, and no more wait than may; what is sent again
//! is what was sent before, whole. — *Source*: gRFC A6 (retries), A105 (more connections when
//! the streams of one are used up).

use std::time::Duration;

use treaty_core::status::Cause;
use treaty_http2::Reason;
use treaty_http2::hpack::Block;

use super::connection::{DOWN, Phase, UP};
use super::exchange::{Half, Kept, Progress, Queue};
use super::{Backend, Command, Director, Ended, Endpoint, Engine, Key, MAX_SPARE, Outcome};

/// The connections to one endpoint.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) backend: Backend,
    pub(super) connections: Vec<Key>,
    /// Attempts in a row that did not lead to a connection.
    pub(super) failures: u32,
    /// When the next attempt is made, if none is under way.
    pub(super) retry_at: Option<Duration>,
    pub(super) is_ready: bool,
}

/// How many endpoints without room are passed over before a call waits.
const PICKS: usize = 3;

impl<D: Director> Engine<D> {
    /// Sends a call to an endpoint, or lets it wait for one. The block is its head.
    pub(super) fn dispatch(&mut self, key: Key, block: &mut Block) {
        self.keep_head(key, block);
        if !self.send(key, block) {
            self.park(key);
        }
        self.arm(key);
    }

    /// Sends a call whose head is kept.
    fn dispatch_kept(&mut self, key: Key) -> bool {
        let Some(kept) = self.exchanges.get(key).and_then(|exchange| exchange.kept.as_ref()) else {
            return true;
        };
        let mut block = std::mem::take(&mut self.made);
        block.clone_from(&kept.head);
        let is_sent = self.send(key, &mut block);
        self.made = block;
        is_sent
    }

    fn send(&mut self, key: Key, block: &mut Block) -> bool {
        let Some(backend) = self.exchanges.get(key).map(|exchange| exchange.backend) else {
            return true;
        };
        for _ in 0..PICKS {
            let Some(endpoint) = self.director.pick(backend, self.now) else { return false };
            if let Some(connection) = self.connection_with_room(endpoint) {
                self.begin(key, endpoint, connection, block);
                return true;
            }
            self.add_connection(endpoint);
        }
        false
    }

    /// The connection to an endpoint that has the fewest calls.
    fn connection_with_room(&self, endpoint: Endpoint) -> Option<Key> {
        let keys = self.pools.get(&endpoint)?.connections.iter();
        let open = keys.filter_map(|&key| {
            let connection = self.connections.get(key)?;
            connection.has_room(&self.config).then_some((connection.streams.len(), key))
        });
        open.min_by_key(|(streams, _)| *streams).map(|(_, key)| key)
    }

    /// Opens one more connection to an endpoint whose others are full, one at a time.
    fn add_connection(&mut self, endpoint: Endpoint) {
        let Some(pool) = self.pools.get(&endpoint) else { return };
        let is_opening = pool
            .connections
            .iter()
            .any(|&key| self.connections.get(key).is_some_and(|c| c.phase == Phase::Opening));
        if !is_opening && pool.connections.len() < self.config.max_connections_per_endpoint {
            self.connect(endpoint);
        }
    }

    fn begin(&mut self, key: Key, endpoint: Endpoint, there: Key, block: &mut Block) {
        let Some(connection) = self.connections.get_mut(there) else { return };
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let stream = connection.next;
        connection.next += 2;
        connection.streams.insert(stream, key);
        let half = std::mem::take(&mut exchange.halves[UP]);
        let end = half.queue.is_empty() && half.queue_ends && half.trailers.is_none();
        if let Some(kept) = &mut exchange.kept {
            kept.data.clear();
            kept.data.extend_from_slice(half.queue.as_slice());
        }
        exchange.halves[UP] = Half {
            connection: Some(there),
            stream,
            send_window: connection.peer_stream_window,
            receive_window: i64::from(self.config.stream_window),
            queue: half.queue,
            queue_ends: half.queue_ends,
            trailers: half.trailers,
            ..Half::default()
        };
        exchange.endpoint = Some(endpoint);
        exchange.attempt = exchange.attempt.saturating_add(1);
        exchange.progress = Progress::Sent;
        exchange.sent_at = self.now;
        self.director.began(endpoint, self.now);
        self.retime(key, block);
        self.headers_to(key, UP, block, end);
        if !end {
            self.drain(key, UP);
        }
    }

    fn keep_head(&mut self, key: Key, block: &Block) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let mut kept = self.spare.pop().unwrap_or_default();
        kept.head.clone_from(block);
        exchange.kept = Some(kept);
    }

    /// Takes back the room of what need not be kept any more.
    pub(super) fn release(&mut self, kept: Option<Box<Kept>>) {
        let Some(mut kept) = kept else { return };
        kept.clear();
        if self.spare.len() < MAX_SPARE && kept.data.capacity() <= self.config.max_kept_bytes / 4 {
            self.spare.push(kept);
        }
    }

    /// Lets a call wait for an endpoint.
    fn park(&mut self, key: Key) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let waiting = self.waiting.entry(exchange.backend).or_default();
        if waiting.len() >= self.config.max_waiting {
            let message = "too many calls wait for an endpoint";
            return self.refuse(key, Cause::NoEndpoint, message);
        }
        waiting.push_back(key);
    }

    /// Sends what waits for a backend, as far as there is room.
    pub(super) fn wake(&mut self, backend: Backend) {
        while let Some(key) = self.waiting.get_mut(&backend).and_then(|all| all.pop_front()) {
            let is_waiting = self
                .exchanges
                .get(key)
                .is_some_and(|exchange| exchange.progress == Progress::Waiting);
            if !is_waiting {
                continue;
            }
            if !self.dispatch_kept(key) {
                if let Some(waiting) = self.waiting.get_mut(&backend) {
                    waiting.push_front(key);
                }
                return;
            }
            self.arm(key);
        }
    }

    pub(super) fn is_awaited(&self, backend: Backend) -> bool {
        self.waiting.get(&backend).is_some_and(|waiting| !waiting.is_empty())
    }

    pub(super) fn forget_waiting(&mut self, backend: Backend, key: Key) {
        if let Some(waiting) = self.waiting.get_mut(&backend) {
            waiting.retain(|waiting| *waiting != key);
        }
    }

    /// Sends a call again, if it may be; what its endpoint did with it is told to the director.
    pub(super) fn try_again(&mut self, key: Key, outcome: Outcome) -> bool {
        let Some(exchange) = self.exchanges.get(key) else { return false };
        if exchange.kept.is_none()
            || exchange.progress != Progress::Sent
            || exchange.attempt >= exchange.attempts
        {
            return false;
        }
        let (backend, attempt) = (exchange.backend, exchange.attempt);
        let Some(wait) = self.director.retries(backend, outcome, attempt, self.now) else {
            return false;
        };
        self.take_back(key, outcome);
        if wait.is_zero() {
            self.redispatch(key);
        } else if let Some(exchange) = self.exchanges.get_mut(key) {
            exchange.retry_at = Some(self.now + wait);
            self.arm(key);
        }
        true
    }

    /// Sends a call again that its endpoint never began: no attempt, and no failure.
    ///
    /// Source: gRFC A6, transparent retries: once, for a stream that was refused.
    pub(super) fn send_elsewhere(&mut self, key: Key) -> bool {
        let Some(exchange) = self.exchanges.get_mut(key) else { return false };
        if exchange.kept.is_none()
            || exchange.progress != Progress::Sent
            || std::mem::replace(&mut exchange.was_refused, true)
        {
            return false;
        }
        self.take_back(key, Outcome::Cancelled);
        if let Some(exchange) = self.exchanges.get_mut(key) {
            exchange.attempt -= 1;
        }
        self.redispatch(key);
        true
    }

    pub(super) fn redispatch(&mut self, key: Key) {
        if !self.dispatch_kept(key) {
            self.park(key);
        }
        self.arm(key);
    }

    /// Makes a call that was sent one that waits.
    fn take_back(&mut self, key: Key, outcome: Outcome) {
        self.leave_endpoint(key, outcome, Reason::CANCEL);
        let max_wait = self.config.max_wait;
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let Some(kept) = &exchange.kept else { return };
        let unsent = exchange.halves[UP].queue.as_slice().len();
        let mut queue = Queue::default();
        queue.push(&kept.data);
        exchange.replayed = kept.data.len().saturating_sub(unsent);
        let in_done = exchange.halves[DOWN].in_done;
        exchange.halves[UP] = Half {
            queue,
            queue_ends: in_done && kept.trailers.is_none(),
            trailers: kept.trailers.clone(),
            ..Half::default()
        };
        exchange.progress = Progress::Waiting;
        exchange.wait_until = self.now + max_wait;
    }

    /// Ends the stream to the endpoint, if there is one, and tells the director how it went.
    pub(super) fn leave_endpoint(&mut self, key: Key, outcome: Outcome, reason: Reason) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let half = &mut exchange.halves[UP];
        let is_over = half.in_done && half.out_done;
        let (there, stream) = (half.connection.take(), half.stream);
        if let Some(endpoint) = exchange.endpoint.take() {
            let first_answer = exchange.first_answer;
            self.director.ended(Ended { endpoint, first_answer, outcome }, self.now);
        }
        let Some(there) = there else { return };
        let Some(connection) = self.connections.get_mut(there) else { return };
        if connection.streams.remove(&stream).is_some() && !is_over {
            connection.reset(stream, reason);
            self.touch(there);
        }
        self.stream_ended(there);
    }

    /// Asks the driver for a connection.
    pub(super) fn connect(&mut self, endpoint: Endpoint) {
        let role = super::connection::Role::Up(endpoint);
        let connection = super::Connection::new(role, &self.config, self.now);
        let key = self.connections.insert(connection);
        if let Some(pool) = self.pools.get_mut(&endpoint) {
            pool.connections.push(key);
            pool.retry_at = None;
        }
        self.commands.push(Command::Connect(key, endpoint));
        self.touch(key);
    }
}

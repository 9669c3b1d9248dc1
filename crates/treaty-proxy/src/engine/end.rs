//! How streams, calls and connections end.
//!
//! *Holds*: whoever waits for an end gets one: the caller a status, the endpoint a reset. —
//! *Source*: RFC 9113, sections 5.4, 6.4 and 6.8; gRPC over HTTP/2.

use std::time::Duration;

use treaty_core::status::Cause;
use treaty_http2::hpack::Block;
use treaty_http2::{Broken, Reason};

use super::connection::{DOWN, Phase, Role, UP};
use super::exchange::Progress;
use super::receive::protocol;
use super::{Director, Engine, Finished, Key, Outcome};

/// A call that its caller resets sooner than this was not worth its beginning.
const EARLY: Duration = Duration::from_millis(100);

impl<D: Director> Engine<D> {
    /// Ends a call once both of its streams have; a caller that has its answer need not go on.
    pub(super) fn finish(&mut self, key: Key) {
        let Some(exchange) = self.exchanges.get(key) else { return };
        if !exchange.halves[DOWN].out_done {
            return;
        }
        let status = exchange.status;
        let is_over = exchange.halves[UP].out_done;
        let outcome = status.map_or(Outcome::Lost, Outcome::Status);
        let reason = if is_over { Reason::CANCEL } else { Reason::NO_ERROR };
        let caller = exchange.halves[DOWN].connection;
        self.leave_endpoint(key, outcome, reason);
        self.leave_caller(key, Reason::NO_ERROR);
        self.forget(key);
        if let Some(connection) = caller.and_then(|caller| self.connections.get_mut(caller)) {
            connection.early_ends.earn();
        }
    }

    /// Ends the stream to the caller; if it is not done, with a reset.
    fn leave_caller(&mut self, key: Key, reason: Reason) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let half = &mut exchange.halves[DOWN];
        let is_over = half.in_done && half.out_done;
        let (there, stream) = (half.connection.take(), half.stream);
        let Some(there) = there else { return };
        let Some(connection) = self.connections.get_mut(there) else { return };
        if connection.streams.remove(&stream).is_some() && !is_over {
            connection.reset(stream, reason);
            self.touch(there);
        }
        self.stream_ended(there);
    }

    fn forget(&mut self, key: Key) {
        let Some(mut exchange) = self.exchanges.remove(key) else { return };
        if let Some(timer) = exchange.timer.take() {
            self.wheel.clear(timer);
        }
        if exchange.progress == Progress::Waiting {
            self.forget_waiting(exchange.backend, key);
        }
        let took = self.now.saturating_sub(exchange.begun);
        let status = exchange.status;
        self.director.finished(Finished { method: exchange.method, status, took });
        self.release(exchange.kept.take());
    }

    /// Answers a call here, whatever its endpoint may still say.
    pub(super) fn refuse(&mut self, key: Key, cause: Cause, message: &str) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let code = cause.code();
        exchange.status = Some(code as u8);
        let is_answered = exchange.progress == Progress::Answered;
        let outcome = match cause {
            Cause::DeadlineExceeded => Outcome::TimedOut,
            _ => Outcome::Lost,
        };
        exchange.halves[DOWN].queue.clear();
        self.leave_endpoint(key, outcome, Reason::CANCEL);
        let mut block = std::mem::take(&mut self.made);
        block.clear();
        if !is_answered {
            block.push_shared(&self.fields.status_200);
            block.push_shared(&self.fields.content_type);
        }
        block.push("grpc-status", code.to_string().as_bytes());
        block.push("grpc-message", &percent_encoded(message));
        self.headers_to(key, DOWN, &block, true);
        self.made = block;
        self.leave_caller(key, Reason::NO_ERROR);
        self.forget(key);
    }

    /// Answers a request that is not gRPC.
    pub(super) fn answer_in_http(&mut self, key: Key, status: u16, text: &str) {
        let mut block = Block::new();
        block.push(":status", status.to_string().as_bytes());
        block.push("content-type", b"text/plain; charset=utf-8");
        block.push("content-length", text.len().to_string().as_bytes());
        self.headers_to(key, DOWN, &block, false);
        if let Some(exchange) = self.exchanges.get_mut(key) {
            let half = &mut exchange.halves[DOWN];
            half.queue.push(text.as_bytes());
            half.queue_ends = true;
            exchange.progress = Progress::Answered;
            exchange.halves[UP].out_done = true;
            exchange.halves[UP].in_done = true;
        }
        self.drain(key, DOWN);
    }

    /// The endpoint said what cannot be, or nothing more.
    pub(super) fn endpoint_broke(&mut self, key: Key, reason: Reason, cause: Cause) {
        if !self.try_again(key, Outcome::Lost) {
            self.leave_endpoint(key, Outcome::Lost, reason);
            let message = match cause {
                Cause::MalformedAnswer => "the endpoint's answer is not HTTP/2",
                _ => "the connection to the endpoint broke",
            };
            self.refuse(key, cause, message);
        }
    }

    /// A peer broke the rules of one stream.
    pub(super) fn break_stream(
        &mut self,
        key: Key,
        stream: u32,
        reason: Reason,
    ) -> Result<(), (Reason, &'static str)> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        let role = connection.role;
        let exchange = connection.streams.get(&stream).copied();
        match (role, exchange) {
            (Role::Up(_), Some(exchange)) => {
                self.endpoint_broke(exchange, reason, Cause::MalformedAnswer);
            }
            (Role::Down(_), Some(exchange)) => {
                self.leave_endpoint(exchange, Outcome::Cancelled, Reason::CANCEL);
                if let Some(open) = self.exchanges.get_mut(exchange) {
                    // Whatever was said before, this is the last.
                    open.halves[DOWN].in_done = false;
                }
                self.leave_caller(exchange, reason);
                self.forget(exchange);
            }
            (_, None) => connection.reset(stream, reason),
        }
        self.touch(key);
        self.early_end(key)
            .map_err(|_| (Reason::ENHANCE_YOUR_CALM, "too many streams break the rules"))
    }

    /// A peer ended a stream at once.
    pub(super) fn peer_reset(
        &mut self,
        key: Key,
        stream: u32,
        reason: Reason,
    ) -> Result<(), Broken> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        let Some(&exchange) = connection.streams.get(&stream) else {
            if connection.is_idle(stream) {
                return Err(protocol("RST_STREAM of a stream that was not begun"));
            }
            return self.idle_work(key);
        };
        match connection.role {
            Role::Down(_) => {
                connection.streams.remove(&stream);
                let begun = self.exchanges.get(exchange).map_or(self.now, |open| open.begun);
                self.leave_endpoint(exchange, Outcome::Cancelled, reason);
                self.leave_caller(exchange, reason);
                self.forget(exchange);
                self.stream_ended(key);
                // Who waited for an answer and gave up is no attacker.
                let is_early = self.now.saturating_sub(begun) < EARLY;
                if is_early { self.early_end(key) } else { Ok(()) }
            }
            Role::Up(_) => {
                connection.streams.remove(&stream);
                self.endpoint_reset(exchange, reason);
                Ok(())
            }
        }
    }

    fn endpoint_reset(&mut self, key: Key, reason: Reason) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        if exchange.halves[UP].in_done {
            return self.has_answered(key);
        }
        if reason == Reason::REFUSED_STREAM && self.send_elsewhere(key)
            || self.try_again(key, Outcome::Lost)
        {
            return;
        }
        self.leave_endpoint(key, Outcome::Lost, reason);
        self.leave_caller(key, reason);
        self.forget(key);
    }

    /// The endpoint's part is over, though its answer may still be on its way to the caller.
    fn has_answered(&mut self, key: Key) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        exchange.halves[UP].queue.clear();
        let outcome = exchange.status.map_or(Outcome::Lost, Outcome::Status);
        self.leave_endpoint(key, outcome, Reason::NO_ERROR);
        self.finish(key);
    }

    /// A peer takes no new streams.
    pub(super) fn peer_goes_away(&mut self, key: Key, last: u32, _reason: Reason) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.phase = connection.phase.max(Phase::Ending);
        connection.since = self.now;
        let Role::Up(endpoint) = connection.role else {
            return self.stream_ended(key);
        };
        let unseen: Vec<Key> =
            connection.streams.iter().filter(|(id, _)| **id > last).map(|(_, key)| *key).collect();
        self.left_pool(key, endpoint);
        for exchange in unseen {
            if self.exchanges.get(exchange).is_some_and(|open| open.halves[UP].in_done) {
                self.has_answered(exchange);
            } else if !self.send_elsewhere(exchange) {
                self.endpoint_broke(exchange, Reason::CANCEL, Cause::ConnectionLost);
            }
        }
        self.stream_ended(key);
    }

    /// A peer broke the rules of its connection: it is told so, and that is the end.
    pub(super) fn fail(&mut self, key: Key, reason: Reason, why: &str) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let last = connection.highest;
        connection.writer().go_away(last, reason, why);
        self.touch(key);
        self.end_streams(key);
        if let Some(connection) = self.connections.get_mut(key) {
            connection.since = self.now;
        }
    }

    /// Ends everything that runs over a connection that is no more.
    pub(super) fn end_streams(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let role = connection.role;
        let streams = std::mem::take(&mut connection.streams);
        // What is sent again must not come back here.
        connection.phase = Phase::Closing;
        if let Role::Up(endpoint) = role {
            self.left_pool(key, endpoint);
        }
        for exchange in streams.into_values() {
            match role {
                Role::Down(_) => {
                    self.leave_endpoint(exchange, Outcome::Cancelled, Reason::CANCEL);
                    self.forget(exchange);
                }
                Role::Up(_) => {
                    let is_answered =
                        self.exchanges.get(exchange).is_some_and(|open| open.halves[UP].in_done);
                    if is_answered {
                        self.has_answered(exchange);
                    } else {
                        self.endpoint_broke(exchange, Reason::CANCEL, Cause::ConnectionLost);
                    }
                }
            }
        }
    }

    /// A stream less: a connection that ends may be over, one that does not has room.
    pub(super) fn stream_ended(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.phase == Phase::Ending && connection.streams.is_empty() {
            connection.phase = Phase::Closing;
            connection.since = self.now;
            self.touch(key);
            return;
        }
        if let Role::Up(endpoint) = connection.role
            && let Some(pool) = self.pools.get(&endpoint)
            && self.is_awaited(pool.backend)
        {
            self.wake(pool.backend);
        }
    }
}

/// Source: gRPC over HTTP/2, Status-Message: percent-encoded, all but printable ASCII.
fn percent_encoded(message: &str) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(message.len());
    for octet in message.bytes() {
        if matches!(octet, b' '..=b'~') && octet != b'%' {
            encoded.push(octet);
        } else {
            encoded.extend_from_slice(format!("%{octet:02X}").as_bytes());
        }
    }
    encoded
}

//! Header blocks: calls that begin, answers that begin, and what stands after a body.

use std::time::Duration;

use treaty_core::deadline;
use treaty_core::status::Cause;
use treaty_http2::hpack::{Block, Name};
use treaty_http2::{Broken, Reason, message};

use super::connection::{DOWN, Phase, Role, Side, UP};
use super::exchange::{Exchange, Half, Progress};
use super::receive::protocol;
use super::{Call, Decision, Director, Engine, Key, Method, Outcome, Peer, Say};

/// A timeout is written anew once so much of it was used here.
const TOLERANCE: Duration = Duration::from_millis(1);

impl<D: Director> Engine<D> {
    pub(super) fn header_block(
        &mut self,
        key: Key,
        stream: u32,
        bytes: &[u8],
        end: bool,
    ) -> Result<(), Broken> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        let mut block = std::mem::take(&mut self.block);
        let decoded =
            connection.decoder.decode(bytes, self.config.max_header_list_bytes, &mut block);
        let known = connection.streams.get(&stream).copied();
        let read = match (decoded, connection.role, known) {
            (Err(_), _, _) => {
                let why = "a header block cannot be read";
                Err(Broken::Connection(Reason::COMPRESSION_ERROR, why))
            }
            (_, Role::Down(peer), None) => self.request(key, peer, stream, &mut block, end),
            (_, Role::Down(_), Some(exchange)) => self.trailers(exchange, DOWN, &block, end),
            (_, Role::Up(_), Some(exchange)) => self.answer_head(exchange, &block, end),
            (_, Role::Up(_), None) if connection.is_idle(stream) => {
                Err(protocol("an answer to nothing"))
            }
            (_, Role::Up(_), None) => self.idle_work(key),
        };
        self.block = block;
        read
    }

    fn request(
        &mut self,
        key: Key,
        peer: Peer,
        stream: u32,
        block: &mut Block,
        end: bool,
    ) -> Result<(), Broken> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        if !connection.is_idle(stream) {
            if connection.was_reset(stream) {
                return self.idle_work(key);
            }
            return Err(if stream == connection.highest {
                Broken::Connection(Reason::STREAM_CLOSED, "HEADERS on a stream that has ended")
            } else {
                protocol("a stream is begun out of turn")
            });
        }
        if stream.is_multiple_of(2) {
            return Err(protocol("a client begins a stream of even number"));
        }
        connection.highest = stream;
        if connection.phase >= Phase::Ending
            || connection.streams.len() >= self.config.max_streams as usize
        {
            connection.reset(stream, Reason::REFUSED_STREAM);
            self.touch(key);
            return self.early_end(key);
        }
        let window = connection.peer_stream_window;
        let complete = block.is_complete();
        let head = match message::request(block) {
            Ok(head) => head,
            Err(_) if !complete => message::RequestHead::default(),
            Err(_) => {
                connection.reset(stream, Reason::PROTOCOL_ERROR);
                self.touch(key);
                return self.early_end(key);
            }
        };
        let timeout = head
            .timeout
            .map(|text| std::str::from_utf8(text).ok().and_then(|text| deadline::parse(text).ok()));
        let decision = if complete {
            self.director.decide(&Call { peer, head, fields: block }, self.now)
        } else {
            let method = Method(0);
            let message = format!(
                "the fields of a request may take {} bytes, as HTTP/2 counts them",
                self.config.max_header_list_bytes
            );
            Decision::Refuse { method, cause: Cause::RequestTooLarge, message }
        };
        let promised = head.content_length;
        let mut exchange = Exchange::new(peer, self.now);
        exchange.halves[DOWN] = Half {
            connection: Some(key),
            stream,
            send_window: window,
            receive_window: i64::from(self.config.stream_window),
            in_done: end,
            promised,
            ..Half::default()
        };
        if end && promised.is_some_and(|bytes| bytes > 0) {
            connection.reset(stream, Reason::PROTOCOL_ERROR);
            self.touch(key);
            return self.early_end(key);
        }
        let exchange = self.exchanges.insert(exchange);
        if let Some(connection) = self.connections.get_mut(key) {
            connection.streams.insert(stream, exchange);
        }
        self.act(exchange, decision, timeout, block, end);
        Ok(())
    }

    fn act(
        &mut self,
        key: Key,
        decision: Decision,
        timeout: Option<Option<Duration>>,
        block: &mut Block,
        end: bool,
    ) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        match decision {
            Decision::Refuse { method, cause, message } => {
                exchange.method = method;
                self.refuse(key, cause, &message);
            }
            Decision::NotGrpc { status, text } => self.answer_in_http(key, status, text),
            Decision::Forward { backend, method, timeout: own, attempts, say } => {
                exchange.method = method;
                exchange.backend = backend;
                exchange.attempts = attempts.max(1);
                exchange.halves[UP].queue_ends = end;
                if timeout == Some(None) {
                    let message = deadline::InvalidTimeout.to_string();
                    return self.refuse(key, Cause::MalformedTimeout, &message);
                }
                let timeout = deadline::remaining(timeout.flatten(), own, Duration::ZERO);
                exchange.timeout_is_ours = own.is_some_and(|own| timeout == Some(own));
                exchange.deadline = timeout.map(|timeout| self.now + timeout);
                exchange.wait_until = self.now + self.config.max_wait;
                let peer = exchange.peer;
                self.say(peer, say, block);
                self.dispatch(key, block);
            }
        }
    }

    fn say(&mut self, peer: Peer, say: Say, block: &mut Block) {
        if say.identity {
            const FIELD: &str = "x-forwarded-client-cert";
            block.retain(|field| field.name_text != FIELD.as_bytes());
            if let Some(identity) = self.director.identity(peer) {
                block.push(FIELD, identity.as_bytes());
            }
        }
    }

    /// What is written to an endpoint differs from what was read by the time that was used, and
    /// by how often it was sent before.
    pub(super) fn retime(&mut self, key: Key, block: &mut Block) {
        let Some(exchange) = self.exchanges.get(key) else { return };
        let used = self.now.saturating_sub(exchange.begun);
        if let Some(deadline) = exchange.deadline
            && (used >= TOLERANCE || exchange.timeout_is_ours)
        {
            let left = deadline.saturating_sub(self.now);
            block.retain(|field| field.name != Name::GrpcTimeout);
            block.push("grpc-timeout", deadline::format(left).as_bytes());
        }
        if exchange.attempt > 1 {
            block.retain(|field| field.name != Name::GrpcPreviousAttempts);
            let before = (exchange.attempt - 1).to_string();
            block.push("grpc-previous-rpc-attempts", before.as_bytes());
        }
    }

    fn answer_head(&mut self, key: Key, block: &Block, end: bool) -> Result<(), Broken> {
        let Some(exchange) = self.exchanges.get_mut(key) else { return Ok(()) };
        if exchange.progress == Progress::Answered {
            return self.trailers(key, UP, block, end);
        }
        let head = match message::response(block) {
            Ok(head) if block.is_complete() => head,
            _ => {
                self.endpoint_broke(key, Reason::PROTOCOL_ERROR, Cause::MalformedAnswer);
                return Ok(());
            }
        };
        if head.status < 200 {
            if end {
                self.endpoint_broke(key, Reason::PROTOCOL_ERROR, Cause::MalformedAnswer);
            }
            return Ok(());
        }
        let status = if end { status_of(head.grpc_status, head.status) } else { None };
        if let Some(status) = status
            && status != 0
            && self.try_again(key, Outcome::Status(status))
        {
            return Ok(());
        }
        let Some(exchange) = self.exchanges.get_mut(key) else { return Ok(()) };
        exchange.progress = Progress::Answered;
        exchange.http_status = head.status;
        exchange.first_answer = Some(self.now.saturating_sub(exchange.sent_at));
        exchange.status = status;
        exchange.halves[UP].in_done = end;
        exchange.halves[UP].promised = head.content_length;
        if end && head.content_length.is_some_and(|bytes| bytes > 0) {
            // An answer to HEAD may say so; nobody asks that of a gRPC service.
            exchange.halves[UP].promised = None;
        }
        let kept = exchange.kept.take();
        self.release(kept);
        self.headers_to(key, DOWN, block, end);
        if end {
            self.finish(key);
        }
        Ok(())
    }

    /// What stands after a body.
    fn trailers(&mut self, key: Key, from: Side, block: &Block, end: bool) -> Result<(), Broken> {
        let Some(exchange) = self.exchanges.get_mut(key) else { return Ok(()) };
        let half = &mut exchange.halves[from];
        if half.in_done {
            return Err(Broken::Stream(Reason::STREAM_CLOSED, "fields after the end"));
        }
        let short = half.promised.is_some_and(|bytes| bytes > 0);
        if !end || short || !block.is_complete() || message::trailers(block).is_err() {
            return Err(Broken::Stream(Reason::PROTOCOL_ERROR, "fields that are no trailers"));
        }
        half.in_done = true;
        if from == UP {
            exchange.status = status_of(block.get(Name::GrpcStatus), exchange.http_status);
        } else if let Some(kept) = &mut exchange.kept {
            kept.trailers = Some(Box::new(block.clone()));
        }
        let to = from ^ 1;
        let other = &mut exchange.halves[to];
        if other.connection.is_none() || !other.queue.is_empty() {
            other.trailers = Some(Box::new(block.clone()));
            return Ok(());
        }
        self.headers_to(key, to, block, true);
        self.finish(key);
        Ok(())
    }

    /// Writes a block to one side of an exchange.
    pub(super) fn headers_to(&mut self, key: Key, to: Side, block: &Block, end: bool) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let half = &mut exchange.halves[to];
        half.out_done |= end;
        let (Some(connection), stream) = (half.connection, half.stream) else { return };
        self.write_headers(connection, stream, block, end);
    }

    pub(super) fn write_headers(&mut self, key: Key, stream: u32, block: &Block, end: bool) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let most = connection.peer_max_frame;
        let (outbox, encoder) = (&mut connection.outbox, &mut connection.encoder);
        treaty_http2::Writer(outbox).headers(stream, block, end, encoder, most);
        self.touch(key);
    }
}

/// The gRPC status of an answer.
///
/// Source: gRPC, http-grpc-status-mapping.md.
fn status_of(text: Option<&[u8]>, http: u16) -> Option<u8> {
    const UNKNOWN: u8 = 2;
    if let Some(text) = text {
        let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        return Some(number.filter(|number| *number <= 16).unwrap_or(UNKNOWN));
    }
    Some(match http {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502 | 503 | 504 => 14,
        _ => UNKNOWN,
    })
}

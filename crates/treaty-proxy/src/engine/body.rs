//! Bodies: from one connection's input to another's output.
//!
//! *Holds*: nobody is sent more than its windows allow; a sender gets its window back once what
//! it sent was written on, and the writer is not behind. — *Source*: RFC 9113, sections 5.2,
//! 6.1 and 6.9.

use treaty_http2::{Broken, Reason, Writer};

use super::connection::{DOWN, Side, UP};
use super::exchange::Progress;
use super::receive::protocol;
use super::{Director, Engine, Key};
use treaty_core::status::Cause;

impl<D: Director> Engine<D> {
    /// A piece of a body came; `flow` is what it takes from the windows, padding included.
    pub(super) fn data(
        &mut self,
        key: Key,
        stream: u32,
        data: &[u8],
        flow: u32,
        end: bool,
    ) -> Result<(), Broken> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        connection.receive_window -= i64::from(flow);
        if connection.receive_window < 0 {
            let why = "more data than the connection's window allows";
            return Err(Broken::Connection(Reason::FLOW_CONTROL_ERROR, why));
        }
        // What streams may keep is bounded by their own windows.
        connection.owed += flow;
        if connection.owed > self.config.connection_window / 2 {
            let owed = std::mem::take(&mut connection.owed);
            connection.receive_window += i64::from(owed);
            connection.writer().window_update(0, owed);
            self.touch(key);
        }
        let Some(connection) = self.connections.get(key) else { return Ok(()) };
        let side = connection.role.side();
        let Some(&exchange) = connection.streams.get(&stream) else {
            return if connection.is_idle(stream) {
                Err(protocol("DATA on a stream that was not begun"))
            } else if connection.was_reset(stream) {
                Ok(())
            } else {
                Err(Broken::Stream(Reason::STREAM_CLOSED, "DATA on a stream that has ended"))
            };
        };
        if data.is_empty() && !end {
            self.idle_work(key)?;
        }
        self.data_of(exchange, side, data, flow, end)
    }

    fn data_of(
        &mut self,
        key: Key,
        from: Side,
        data: &[u8],
        flow: u32,
        end: bool,
    ) -> Result<(), Broken> {
        let Some(exchange) = self.exchanges.get_mut(key) else { return Ok(()) };
        if from == UP && exchange.progress != Progress::Answered {
            self.endpoint_broke(key, Reason::PROTOCOL_ERROR, Cause::MalformedAnswer);
            return Ok(());
        }
        let half = &mut exchange.halves[from];
        if half.in_done {
            return Err(Broken::Stream(Reason::STREAM_CLOSED, "DATA after the end"));
        }
        half.receive_window -= i64::from(flow);
        if half.receive_window < 0 {
            let why = "more data than the stream's window allows";
            return Err(Broken::Stream(Reason::FLOW_CONTROL_ERROR, why));
        }
        if let Some(promised) = &mut half.promised {
            let left = promised.checked_sub(data.len() as u64);
            match left {
                Some(left) if !end || left == 0 => *promised = left,
                _ => {
                    let why = "a body is not as long as `content-length` says";
                    return Err(Broken::Stream(Reason::PROTOCOL_ERROR, why));
                }
            }
        }
        half.in_done = end;
        let kept = if from == DOWN && exchange.progress == Progress::Sent {
            &mut exchange.kept
        } else {
            &mut None
        };
        if let Some(keeping) = kept {
            if keeping.data.len() + data.len() <= self.config.max_kept_bytes {
                keeping.data.extend_from_slice(data);
            } else {
                let kept = kept.take();
                self.release(kept);
            }
        }
        self.pass_on(key, from, data, flow, end);
        Ok(())
    }

    /// Writes what came on at once if it can, and keeps it if not.
    fn pass_on(&mut self, key: Key, from: Side, data: &[u8], flow: u32, end: bool) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let to = &mut exchange.halves[from ^ 1];
        let length = data.len() as i64;
        let padding = flow - data.len() as u32;
        if let Some(there) = to.connection
            && to.queue.is_empty()
            && to.send_window >= length
            && let Some(connection) = self.connections.get_mut(there)
            && connection.send_window >= length
            && data.len() <= connection.peer_max_frame
        {
            to.send_window -= length;
            connection.send_window -= length;
            to.out_done |= end;
            connection.writer().data(to.stream, data, end);
            connection.idle_work.earn();
            let is_behind = connection.outbox.len() > self.config.high_water_bytes;
            self.touch(there);
            if end {
                self.finish(key);
            } else {
                self.give_back(key, from, flow, is_behind.then_some(there));
            }
            return;
        }
        to.queue.push(data);
        to.queue_ends |= end;
        if padding > 0 {
            self.give_back(key, from, padding, None);
        }
        self.drain(key, from ^ 1);
    }

    /// Gives the sender on one side so much of its window back: now, or once `until` has drained.
    fn give_back(&mut self, key: Key, side: Side, bytes: u32, until: Option<Key>) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let half = &mut exchange.halves[side];
        half.owed += bytes;
        // A sender that waits has used its whole window, so it is always owed this much.
        if half.owed < self.config.stream_window / 4 || half.in_done {
            return;
        }
        if let Some(connection) = until.and_then(|until| self.connections.get_mut(until)) {
            connection.held.push((key, side));
            return;
        }
        let (Some(there), stream) = (half.connection, half.stream) else { return };
        let owed = std::mem::take(&mut half.owed);
        half.receive_window += i64::from(owed);
        if let Some(connection) = self.connections.get_mut(there) {
            connection.writer().window_update(stream, owed);
            self.touch(there);
        }
    }

    /// Writes what waits to go to one side, as far as the windows allow.
    pub(super) fn drain(&mut self, key: Key, to: Side) {
        let Some(exchange) = self.exchanges.get_mut(key) else { return };
        let half = &mut exchange.halves[to];
        if half.queue.is_empty() && !half.queue_ends && half.trailers.is_none() || half.out_done {
            return;
        }
        let Some(there) = half.connection else { return };
        let Some(connection) = self.connections.get_mut(there) else { return };
        let ends_with_data = half.queue_ends && half.trailers.is_none();
        let waiting = half.queue.as_slice();
        let mut written = 0;
        while written < waiting.len() {
            let room = half.send_window.min(connection.send_window).max(0) as usize;
            let length = (waiting.len() - written).min(room).min(connection.peer_max_frame);
            if length == 0 {
                break;
            }
            let is_last = written + length == waiting.len();
            let piece = &waiting[written..written + length];
            Writer(&mut connection.outbox).data(half.stream, piece, is_last && ends_with_data);
            half.out_done |= is_last && ends_with_data;
            half.send_window -= length as i64;
            connection.send_window -= length as i64;
            written += length;
        }
        half.queue.advance(written);
        if written > 0 {
            connection.idle_work.earn();
        }
        let is_empty = half.queue.is_empty();
        if !is_empty && half.send_window > 0 && !half.is_blocked {
            half.is_blocked = true;
            connection.blocked.push_back(key);
        }
        if is_empty && ends_with_data && !half.out_done {
            connection.writer().data(half.stream, &[], true);
            half.out_done = true;
        }
        let trailers = if is_empty { half.trailers.take() } else { None };
        let is_behind = connection.outbox.len() > self.config.high_water_bytes;
        self.touch(there);
        if let Some(trailers) = trailers {
            self.headers_to(key, to, &trailers, true);
        }
        if written > 0 {
            let again = if to == UP { self.again(key, written) } else { 0 };
            let bytes = (written - again) as u32;
            self.give_back(key, to ^ 1, bytes, is_behind.then_some(there));
        }
        self.finish(key);
    }

    /// How much of what was just written had been written before, and given back then.
    fn again(&mut self, key: Key, written: usize) -> usize {
        let Some(exchange) = self.exchanges.get_mut(key) else { return 0 };
        let again = exchange.replayed.min(written);
        exchange.replayed -= again;
        again
    }

    /// A connection's window opened: those that waited for it go on, in turn.
    pub(super) fn unblock(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let side = connection.role.side();
        for _ in 0..connection.blocked.len() {
            let Some(connection) = self.connections.get_mut(key) else { return };
            if connection.send_window <= 0 {
                return;
            }
            let Some(exchange) = connection.blocked.pop_front() else { return };
            if let Some(open) = self.exchanges.get_mut(exchange) {
                open.halves[side].is_blocked = false;
                self.drain(exchange, side);
            }
        }
    }

    /// The driver wrote all that was in a connection's outbox.
    pub fn drained(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.held.is_empty() {
            return;
        }
        for (exchange, side) in std::mem::take(&mut connection.held) {
            self.give_back(exchange, side, 0, None);
        }
    }
}

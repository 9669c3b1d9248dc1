//! Takes in bytes and finds the frames in them.
//!
//! *Holds*: one frame at most waits in a connection's inbox; header blocks come whole or not at
//! all, of at most twice the bound of their list. — *Source*: RFC 9113, sections 3.4, 4 and 5.

use std::time::Duration;

use treaty_http2::frame::{self, Frame, HEAD_BYTES, Head};
use treaty_http2::{Broken, MAX_FRAME, MAX_WINDOW, PREFACE, Reason, Settings};

use super::connection::{Partial, Phase, Role};
use super::{Director, Engine, Key};

impl<D: Director> Engine<D> {
    /// Takes in what a connection's peer sent.
    pub fn receive(&mut self, key: Key, bytes: &[u8], now: Duration) {
        self.now = now;
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.phase == Phase::Closing {
            return;
        }
        connection.heard = now;
        connection.is_pinged = false;
        let mut inbox = std::mem::take(&mut connection.inbox);
        let read = if inbox.is_empty() {
            self.frames(key, bytes).map(|used| inbox.extend_from_slice(&bytes[used..]))
        } else {
            inbox.extend_from_slice(bytes);
            self.frames(key, &inbox).map(|used| drop(inbox.drain(..used)))
        };
        match read {
            Ok(()) => {
                if let Some(connection) = self.connections.get_mut(key) {
                    connection.inbox = inbox;
                }
            }
            Err((reason, why)) => self.fail(key, reason, why),
        }
    }

    /// Takes all whole frames, and returns how many bytes they are.
    fn frames(&mut self, key: Key, bytes: &[u8]) -> Result<usize, (Reason, &'static str)> {
        let mut at = 0;
        let Some(connection) = self.connections.get_mut(key) else { return Ok(0) };
        if connection.phase == Phase::Opening && matches!(connection.role, Role::Down(_)) {
            let seen = bytes.len().min(PREFACE.len());
            if bytes[..seen] != PREFACE[..seen] {
                return Err((Reason::PROTOCOL_ERROR, "this address speaks HTTP/2"));
            }
            if seen < PREFACE.len() {
                return Ok(0);
            }
            at = seen;
            connection.phase = Phase::Open;
            connection.since = self.now;
        }
        while let Some(head) = bytes[at..].first_chunk::<HEAD_BYTES>() {
            let head = Head::read(head);
            if head.length > MAX_FRAME {
                return Err((Reason::FRAME_SIZE_ERROR, "a frame is longer than was allowed"));
            }
            let begin = at + HEAD_BYTES;
            let Some(payload) = bytes.get(begin..begin + head.length) else { break };
            match self.frame(key, head, payload) {
                Ok(()) => {}
                Err(Broken::Stream(reason, _)) => self.break_stream(key, head.stream, reason)?,
                Err(Broken::Connection(reason, why)) => return Err((reason, why)),
            }
            at = begin + head.length;
        }
        Ok(at)
    }

    fn frame(&mut self, key: Key, head: Head, payload: &[u8]) -> Result<(), Broken> {
        let frame = frame::read(head, payload)?;
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        if let (Some(partial), is_more) =
            (&connection.partial, matches!(frame, Frame::Continuation { .. }))
            && (!is_more || partial.stream != head.stream)
        {
            return Err(protocol("a header block is interrupted"));
        }
        if !connection.is_settled && !matches!(frame, Frame::Settings(_)) {
            return Err(protocol("the first frame is not SETTINGS"));
        }
        match frame {
            Frame::Data { data, end } => self.data(key, head.stream, data, head.length as u32, end),
            Frame::Headers { block, end, whole: true } => {
                self.header_block(key, head.stream, block, end)
            }
            Frame::Headers { block, end, whole: false } => {
                let block = block.to_vec();
                connection.partial = Some(Partial { stream: head.stream, end, block });
                self.idle_work(key)
            }
            Frame::Continuation { block, last } => self.continuation(key, block, last),
            Frame::Reset(reason) => self.peer_reset(key, head.stream, reason),
            Frame::Settings(settings) => self.peer_settings(key, settings),
            Frame::SettingsAck => Ok(()),
            Frame::Ping(bytes) => {
                connection.writer().pong(bytes);
                self.touch(key);
                self.idle_work(key)
            }
            Frame::Pong(bytes) => {
                self.ponged(key, bytes);
                Ok(())
            }
            Frame::GoAway { last, reason } => {
                self.peer_goes_away(key, last, reason);
                Ok(())
            }
            Frame::WindowUpdate(increment) => self.peer_window(key, head.stream, increment),
            Frame::Ignored => self.idle_work(key),
        }
    }

    fn continuation(&mut self, key: Key, piece: &[u8], last: bool) -> Result<(), Broken> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        let Some(mut partial) = connection.partial.take() else {
            return Err(protocol("CONTINUATION of nothing"));
        };
        if partial.block.len() + piece.len() > 2 * self.config.max_header_list_bytes {
            let why = "a header block is far longer than was allowed";
            return Err(Broken::Connection(Reason::ENHANCE_YOUR_CALM, why));
        }
        partial.block.extend_from_slice(piece);
        if last {
            return self.header_block(key, partial.stream, &partial.block, partial.end);
        }
        connection.partial = Some(partial);
        self.idle_work(key)
    }

    /// Counts a frame that moves no call on.
    pub(super) fn idle_work(&mut self, key: Key) -> Result<(), Broken> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        if connection.idle_work.spend(self.now) {
            return Ok(());
        }
        let why = "too many frames that move no call on";
        Err(Broken::Connection(Reason::ENHANCE_YOUR_CALM, why))
    }

    /// Counts a call that ended before it could do anything.
    pub(super) fn early_end(&mut self, key: Key) -> Result<(), Broken> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        if connection.early_ends.spend(self.now) {
            return Ok(());
        }
        let why = "too many calls are given up or refused";
        Err(Broken::Connection(Reason::ENHANCE_YOUR_CALM, why))
    }

    fn peer_settings(&mut self, key: Key, settings: Settings) -> Result<(), Broken> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        if let Some(bytes) = settings.header_table_bytes {
            connection.encoder.limit(bytes);
        }
        if let Some(most) = settings.max_concurrent_streams {
            connection.peer_max_streams = most;
        } else if !connection.is_settled {
            connection.peer_max_streams = u32::MAX;
        }
        if let Some(bytes) = settings.max_frame_bytes {
            // Larger frames than ours would only delay others.
            connection.peer_max_frame = (bytes as usize).min(MAX_FRAME);
        }
        connection.writer().settings_ack();
        let is_first = !std::mem::replace(&mut connection.is_settled, true);
        let role = connection.role;
        if let Some(window) = settings.initial_window {
            let change = i64::from(window) - connection.peer_stream_window;
            connection.peer_stream_window = i64::from(window);
            let open: Vec<Key> = connection.streams.values().copied().collect();
            for exchange in open {
                let Some(open) = self.exchanges.get_mut(exchange) else { continue };
                let half = &mut open.halves[role.side()];
                half.send_window += change;
                if half.send_window > i64::from(MAX_WINDOW) {
                    let why = "SETTINGS make a window larger than 2^31-1";
                    return Err(Broken::Connection(Reason::FLOW_CONTROL_ERROR, why));
                }
                self.drain(exchange, role.side());
            }
        }
        self.touch(key);
        match role {
            Role::Up(endpoint) if is_first => {
                self.opened(key, endpoint);
                Ok(())
            }
            _ => self.idle_work(key),
        }
    }

    fn peer_window(&mut self, key: Key, stream: u32, increment: u32) -> Result<(), Broken> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        if stream == 0 {
            connection.send_window += i64::from(increment);
            if connection.send_window > i64::from(MAX_WINDOW) {
                let why = "the connection's window is larger than 2^31-1";
                return Err(Broken::Connection(Reason::FLOW_CONTROL_ERROR, why));
            }
            self.unblock(key);
            return self.idle_work(key);
        }
        let side = connection.role.side();
        let Some(&exchange) = connection.streams.get(&stream) else {
            if connection.is_idle(stream) {
                return Err(protocol("WINDOW_UPDATE of a stream that was not begun"));
            }
            return self.idle_work(key);
        };
        if let Some(open) = self.exchanges.get_mut(exchange) {
            let half = &mut open.halves[side];
            half.send_window += i64::from(increment);
            if half.send_window > i64::from(MAX_WINDOW) {
                let why = "a stream's window is larger than 2^31-1";
                return Err(Broken::Stream(Reason::FLOW_CONTROL_ERROR, why));
            }
        }
        self.drain(exchange, side);
        self.idle_work(key)
    }
}

pub(super) fn protocol(why: &'static str) -> Broken {
    Broken::Connection(Reason::PROTOCOL_ERROR, why)
}

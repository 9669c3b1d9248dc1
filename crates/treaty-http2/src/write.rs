//! Frames as they are written.

use crate::frame::{
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEAD_BYTES, HEADERS, PING,
    RST_STREAM, SETTINGS, WINDOW_UPDATE,
};
use crate::hpack::{Block, Encoder};
use crate::reason::Reason;
use crate::settings::Settings;

/// Appends frames to what will be sent.
pub struct Writer<'a>(pub &'a mut Vec<u8>);

impl Writer<'_> {
    fn head(&mut self, length: usize, kind: u8, flags: u8, stream: u32) {
        let [_, a, b, c] = (length as u32).to_be_bytes();
        let [d, e, f, g] = stream.to_be_bytes();
        self.0.extend_from_slice(&[a, b, c, kind, flags, d, e, f, g]);
    }

    /// A piece of a body; no longer than the peer's largest frame.
    pub fn data(&mut self, stream: u32, data: &[u8], end: bool) {
        self.0.reserve(HEAD_BYTES + data.len());
        self.head(data.len(), DATA, if end { END_STREAM } else { 0 }, stream);
        self.0.extend_from_slice(data);
    }

    /// A header block, in frames of at most `max_frame` bytes.
    pub fn headers(
        &mut self,
        stream: u32,
        block: &Block,
        end: bool,
        encoder: &mut Encoder,
        max_frame: usize,
    ) {
        let at = self.0.len();
        let end = if end { END_STREAM } else { 0 };
        self.head(0, HEADERS, END_HEADERS | end, stream);
        encoder.encode(block, self.0);
        let length = self.0.len() - at - HEAD_BYTES;
        if length <= max_frame {
            self.0[at..at + 3].copy_from_slice(&(length as u32).to_be_bytes()[1..]);
            return;
        }
        let encoded = self.0.split_off(at + HEAD_BYTES);
        self.0.truncate(at);
        let mut pieces = encoded.chunks(max_frame);
        let mut first = true;
        while let Some(piece) = pieces.next() {
            let last = if pieces.len() == 0 { END_HEADERS } else { 0 };
            let (kind, flags) = if first { (HEADERS, last | end) } else { (CONTINUATION, last) };
            self.head(piece.len(), kind, flags, stream);
            self.0.extend_from_slice(piece);
            first = false;
        }
    }

    /// Ends a stream at once.
    pub fn reset(&mut self, stream: u32, reason: Reason) {
        self.head(4, RST_STREAM, 0, stream);
        self.0.extend_from_slice(&reason.0.to_be_bytes());
    }

    /// States settings.
    pub fn settings(&mut self, settings: &Settings) {
        self.head(6 * settings.stated().count(), SETTINGS, 0, 0);
        for (number, value) in settings.stated() {
            self.0.extend_from_slice(&number.to_be_bytes());
            self.0.extend_from_slice(&value.to_be_bytes());
        }
    }

    /// Says that the peer's settings are kept to.
    pub fn settings_ack(&mut self) {
        self.head(0, SETTINGS, ACK, 0);
    }

    /// Asks for an answer.
    pub fn ping(&mut self, bytes: [u8; 8]) {
        self.head(8, PING, 0, 0);
        self.0.extend_from_slice(&bytes);
    }

    /// Answers.
    pub fn pong(&mut self, bytes: [u8; 8]) {
        self.head(8, PING, ACK, 0);
        self.0.extend_from_slice(&bytes);
    }

    /// Takes no streams after `last`, and says why in words too.
    pub fn go_away(&mut self, last: u32, reason: Reason, why: &str) {
        self.head(8 + why.len(), GOAWAY, 0, 0);
        self.0.extend_from_slice(&last.to_be_bytes());
        self.0.extend_from_slice(&reason.0.to_be_bytes());
        self.0.extend_from_slice(why.as_bytes());
    }

    /// Lets the peer send more, on a stream or, with 0, on the connection.
    pub fn window_update(&mut self, stream: u32, increment: u32) {
        self.head(4, WINDOW_UPDATE, 0, stream);
        self.0.extend_from_slice(&increment.to_be_bytes());
    }
}

//! Frames as they are read.
//!
//! *Holds*: what is returned keeps to the rules that one frame alone can break: lengths,
//! padding, the stream that it may be for. — *Source*: RFC 9113, sections 4 and 6.

use crate::reason::{Broken, Reason};
use crate::settings::Settings;

/// Bytes before a frame's payload.
pub const HEAD_BYTES: usize = 9;

pub(crate) const DATA: u8 = 0x0;
pub(crate) const HEADERS: u8 = 0x1;
pub(crate) const PRIORITY: u8 = 0x2;
pub(crate) const RST_STREAM: u8 = 0x3;
pub(crate) const SETTINGS: u8 = 0x4;
pub(crate) const PUSH_PROMISE: u8 = 0x5;
pub(crate) const PING: u8 = 0x6;
pub(crate) const GOAWAY: u8 = 0x7;
pub(crate) const WINDOW_UPDATE: u8 = 0x8;
pub(crate) const CONTINUATION: u8 = 0x9;

pub(crate) const ACK: u8 = 0x1;
pub(crate) const END_STREAM: u8 = 0x1;
pub(crate) const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const WITH_PRIORITY: u8 = 0x20;

/// What stands before a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Bytes of the payload.
    pub length: usize,
    /// The kind of frame; see RFC 9113, section 6.
    pub kind: u8,
    /// What its flags mean depends on the kind.
    pub flags: u8,
    /// The stream, or 0 for the connection.
    pub stream: u32,
}

impl Head {
    /// Reads a head.
    pub fn read(bytes: &[u8; HEAD_BYTES]) -> Self {
        let [a, b, c, kind, flags, stream @ ..] = *bytes;
        Self {
            length: usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c),
            kind,
            flags,
            stream: u32::from_be_bytes(stream) & 0x7fff_ffff,
        }
    }

    fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// One frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A piece of a body.
    Data {
        /// Without padding.
        data: &'a [u8],
        /// Whether nothing more comes.
        end: bool,
    },
    /// The beginning of a header block.
    Headers {
        /// Without padding and priority.
        block: &'a [u8],
        /// Whether nothing more comes after the block.
        end: bool,
        /// Whether this is all of the block.
        whole: bool,
    },
    /// More of a header block.
    Continuation {
        /// The piece.
        block: &'a [u8],
        /// Whether it is the last one.
        last: bool,
    },
    /// The stream ends at once.
    Reset(Reason),
    /// What the peer is and takes.
    Settings(Settings),
    /// The peer keeps to our settings.
    SettingsAck,
    /// To be answered with the same bytes.
    Ping([u8; 8]),
    /// An answer.
    Pong([u8; 8]),
    /// The peer takes no new streams.
    GoAway {
        /// The last stream that it takes.
        last: u32,
        /// Why.
        reason: Reason,
    },
    /// We may send more.
    WindowUpdate(u32),
    /// Priorities, and kinds that nobody knows: to be passed over.
    Ignored,
}

/// Reads the payload of a frame.
///
/// # Errors
/// When the frame by itself breaks a rule, and then whether that ends the connection.
pub fn read(head: Head, payload: &[u8]) -> Result<Frame<'_>, Broken> {
    match head.kind {
        DATA => {
            on_stream(head)?;
            Ok(Frame::Data { data: unpadded(head, payload)?, end: head.has(END_STREAM) })
        }
        HEADERS => headers(head, payload),
        PRIORITY => {
            on_stream(head)?;
            if payload.len() != 5 {
                return Err(Broken::Stream(Reason::FRAME_SIZE_ERROR, "PRIORITY is of 5 bytes"));
            }
            depends_on_another(head, payload)?;
            Ok(Frame::Ignored)
        }
        RST_STREAM => {
            on_stream(head)?;
            Ok(Frame::Reset(Reason(u32::from_be_bytes(sized(
                payload,
                "RST_STREAM is of 4 bytes",
            )?))))
        }
        SETTINGS => settings(head, payload),
        PUSH_PROMISE => Err(protocol("PUSH_PROMISE was not asked for")),
        PING => {
            on_connection(head)?;
            let bytes = sized(payload, "PING is of 8 bytes")?;
            Ok(if head.has(ACK) { Frame::Pong(bytes) } else { Frame::Ping(bytes) })
        }
        GOAWAY => {
            on_connection(head)?;
            let (fixed, _debug) = payload.split_at_checked(8).ok_or(Broken::Connection(
                Reason::FRAME_SIZE_ERROR,
                "GOAWAY is of at least 8 bytes",
            ))?;
            let (last, reason) = fixed.split_at(4);
            let reason = Reason(u32::from_be_bytes(sized(reason, "")?));
            Ok(Frame::GoAway { last: u32::from_be_bytes(sized(last, "")?) & 0x7fff_ffff, reason })
        }
        WINDOW_UPDATE => {
            let bytes = sized(payload, "WINDOW_UPDATE is of 4 bytes")?;
            match u32::from_be_bytes(bytes) & 0x7fff_ffff {
                0 if head.stream == 0 => Err(protocol("WINDOW_UPDATE by 0")),
                0 => Err(Broken::Stream(Reason::PROTOCOL_ERROR, "WINDOW_UPDATE by 0")),
                increment => Ok(Frame::WindowUpdate(increment)),
            }
        }
        CONTINUATION => {
            on_stream(head)?;
            Ok(Frame::Continuation { block: payload, last: head.has(END_HEADERS) })
        }
        _ => Ok(Frame::Ignored),
    }
}

fn headers(head: Head, payload: &[u8]) -> Result<Frame<'_>, Broken> {
    on_stream(head)?;
    let mut block = unpadded(head, payload)?;
    if head.has(WITH_PRIORITY) {
        let (priority, rest) = block.split_at_checked(5).ok_or(Broken::Connection(
            Reason::FRAME_SIZE_ERROR,
            "HEADERS has no room for its priority",
        ))?;
        // The block must be read, or the tables differ; so there is no going on.
        depends_on_another(head, priority).map_err(|_| protocol("a stream depends on itself"))?;
        block = rest;
    }
    Ok(Frame::Headers { block, end: head.has(END_STREAM), whole: head.has(END_HEADERS) })
}

fn settings(head: Head, payload: &[u8]) -> Result<Frame<'_>, Broken> {
    on_connection(head)?;
    let size = Broken::Connection(Reason::FRAME_SIZE_ERROR, "SETTINGS is of 6 bytes for each");
    if head.has(ACK) {
        return if payload.is_empty() { Ok(Frame::SettingsAck) } else { Err(size) };
    }
    if !payload.len().is_multiple_of(6) {
        return Err(size);
    }
    Settings::read(payload).map(Frame::Settings)
}

fn protocol(what: &'static str) -> Broken {
    Broken::Connection(Reason::PROTOCOL_ERROR, what)
}

fn on_stream(head: Head) -> Result<(), Broken> {
    if head.stream == 0 {
        return Err(protocol("a frame of a stream on stream 0"));
    }
    Ok(())
}

fn on_connection(head: Head) -> Result<(), Broken> {
    if head.stream != 0 {
        return Err(protocol("a frame of the connection on a stream"));
    }
    Ok(())
}

/// Source: RFC 9113, section 5.3.1 of RFC 7540, which peers still keep to.
fn depends_on_another(head: Head, priority: &[u8]) -> Result<(), Broken> {
    let [a, b, c, d, ..] = *priority else { return Ok(()) };
    if u32::from_be_bytes([a, b, c, d]) & 0x7fff_ffff == head.stream {
        return Err(Broken::Stream(Reason::PROTOCOL_ERROR, "a stream depends on itself"));
    }
    Ok(())
}

fn sized<const N: usize>(payload: &[u8], what: &'static str) -> Result<[u8; N], Broken> {
    payload.try_into().map_err(|_| Broken::Connection(Reason::FRAME_SIZE_ERROR, what))
}

fn unpadded(head: Head, payload: &[u8]) -> Result<&[u8], Broken> {
    if !head.has(PADDED) {
        return Ok(payload);
    }
    let (&padding, rest) = payload.split_first().ok_or(Broken::Connection(
        Reason::FRAME_SIZE_ERROR,
        "a padded frame without its padding's length",
    ))?;
    let length = rest.len().checked_sub(usize::from(padding));
    length.map(|length| &rest[..length]).ok_or(protocol("a frame is all padding, and more"))
}

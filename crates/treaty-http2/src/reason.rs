//! Why a stream or a connection ends.
//!
//! *Source*: RFC 9113, sections 5.4 and 7.

use std::fmt;

/// An error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reason(pub u32);

impl Reason {
    /// Nothing is wrong.
    pub const NO_ERROR: Self = Self(0x0);
    /// The peer did what the protocol does not allow.
    pub const PROTOCOL_ERROR: Self = Self(0x1);
    /// Something is wrong with whoever sends this.
    pub const INTERNAL_ERROR: Self = Self(0x2);
    /// More was sent than the window allows.
    pub const FLOW_CONTROL_ERROR: Self = Self(0x3);
    /// SETTINGS were not acknowledged in time.
    pub const SETTINGS_TIMEOUT: Self = Self(0x4);
    /// A frame for a stream whose sender had ended it.
    pub const STREAM_CLOSED: Self = Self(0x5);
    /// A frame of a length that its kind cannot have.
    pub const FRAME_SIZE_ERROR: Self = Self(0x6);
    /// The stream was not begun; it may be tried again.
    pub const REFUSED_STREAM: Self = Self(0x7);
    /// Nobody wants the answer any more.
    pub const CANCEL: Self = Self(0x8);
    /// The tables of header compression differ.
    pub const COMPRESSION_ERROR: Self = Self(0x9);
    /// A connection made by CONNECT was lost.
    pub const CONNECT_ERROR: Self = Self(0xa);
    /// The peer makes too much work.
    pub const ENHANCE_YOUR_CALM: Self = Self(0xb);
    /// TLS is not good enough.
    pub const INADEQUATE_SECURITY: Self = Self(0xc);
    /// HTTP/1.1 is asked for.
    pub const HTTP_1_1_REQUIRED: Self = Self(0xd);
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            0x0 => "NO_ERROR",
            0x1 => "PROTOCOL_ERROR",
            0x2 => "INTERNAL_ERROR",
            0x3 => "FLOW_CONTROL_ERROR",
            0x4 => "SETTINGS_TIMEOUT",
            0x5 => "STREAM_CLOSED",
            0x6 => "FRAME_SIZE_ERROR",
            0x7 => "REFUSED_STREAM",
            0x8 => "CANCEL",
            0x9 => "COMPRESSION_ERROR",
            0xa => "CONNECT_ERROR",
            0xb => "ENHANCE_YOUR_CALM",
            0xc => "INADEQUATE_SECURITY",
            0xd => "HTTP_1_1_REQUIRED",
            code => return write!(f, "error code {code:#x}"),
        })
    }
}

/// What a peer's mistake costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The connection ends.
    #[error("{0}: {1}")]
    Connection(Reason, &'static str),
    /// The stream that the frame is for ends.
    #[error("{0} on one stream: {1}")]
    Stream(Reason, &'static str),
}

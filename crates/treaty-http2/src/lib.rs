//! HTTP/2 frames and header blocks for a forwarder, pure: bytes in, bytes out.
//!
//! *Does not* do I/O, read clocks or keep streams: a proxy does. — *Source*: RFC 9113 (HTTP/2),
//! RFC 7541 (HPACK).

pub mod frame;
pub mod hpack;
pub mod message;
mod reason;
mod settings;
mod write;

pub use reason::{Broken, Reason};
pub use settings::Settings;
pub use write::Writer;

/// What a client says first.
///
/// Source: RFC 9113, section 3.4.
pub const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Window of a stream and of a connection before anyone says otherwise, in bytes.
///
/// Source: RFC 9113, section 6.9.2.
pub const INITIAL_WINDOW: u32 = 65_535;

/// The largest window, in bytes.
///
/// Source: RFC 9113, section 6.9.1.
pub const MAX_WINDOW: u32 = (1 << 31) - 1;

/// The longest payload of a frame before a peer says otherwise, in bytes; we never ask for more.
///
/// Source: RFC 9113, section 4.2.
pub const MAX_FRAME: usize = 16_384;

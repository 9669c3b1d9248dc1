//! Header compression: blocks of bytes into fields and back.
//!
//! *Holds*: what is decoded keeps how its sender wrote it, so that the encoder on the other
//! side of a forwarder makes the same choice; nothing that a peer sends makes a table or a
//! block grow beyond its bound. — *Source*: RFC 7541.

mod block;
mod decoder;
mod encoder;
mod huffman;
mod integer;
mod names;
mod statics;

pub use block::{Block, Coding, Field, SharedField};
pub use decoder::{DecodeError, Decoder};
pub use encoder::Encoder;
pub use names::Name;

/// What one field costs in a table or a list, in bytes: its name, its value and 32.
///
/// Source: RFC 7541, section 4.1; RFC 9113, section 10.5.1.
const fn cost(name: &[u8], value: &[u8]) -> usize {
    name.len() + value.len() + 32
}

/// The size of a dynamic table before a peer says otherwise, in bytes, and the most we use.
///
/// Source: RFC 7541, section 4.2; RFC 9113, section 6.5.2.
pub const TABLE_BYTES: usize = 4096;

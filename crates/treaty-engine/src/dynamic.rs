//! Messages whose type is known only at run time: from bytes, JSON and the text format, and back.
//!
//! A [`Message`] does not know its type; every function is given it, as a message of a pool. —
//! *Holds*: depth is bounded and no input panics; unknown fields are kept from bytes to bytes. —
//! *Does not* know message sets: they stay unknown fields.

mod any;
mod decode;
mod encode;
pub mod image;
pub mod json;
pub mod text;
pub mod tree;
mod value;
mod well_known;
pub mod yaml;

pub use decode::{Reading, Refused, decode};
pub use encode::encode;
pub use value::{Message, Value};

/// How deep messages may nest, as protobuf's own readers have it.
pub(crate) const MAX_DEPTH: usize = 100;

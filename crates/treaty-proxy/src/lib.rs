//! Forwards HTTP/2 calls between connections frame by frame.

pub mod driver;
pub mod engine;

//! The engine between callers and endpoints that are written by hand: bytes move when a test
//! says so, and time stands still unless it is moved.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod calls;
mod flow;
mod life;
mod random;
mod rules;
mod world;

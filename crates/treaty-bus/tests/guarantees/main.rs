//! The guarantees of the bus over its gRPC service, in one process and under paused time.
//!
//! A test's name begins with the line that it proves. Nothing here waits for real time: the
//! clock of a paused runtime moves when nothing else can.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on is to panic")]

mod dead_letters;
mod deliver;
mod inbox;
mod operate;
mod outbox;
mod publish;
mod wire;
mod world;

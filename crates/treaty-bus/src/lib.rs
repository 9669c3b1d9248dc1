//! Events with contracts: a durable embedded bus, its clients, an outbox and an inbox.
//!
//! A service writes its state and an event in one transaction ([`outbox::enqueue`]); a relay
//! carries the event to the bus ([`outbox::Relay`]); the bus ([`broker::Broker`]) keeps it and
//! delivers it at least once, in order per key, to every group ([`Client::subscribe`]); the
//! group's service remembers in its own transaction what it has handled
//! ([`inbox::first_time`]), so that the *effect* happens exactly once. Delivery does not.
//!
//! *Does not* know the mesh: a client is generic over its [`Channel`], and who may publish or
//! subscribe is decided before a call comes here. *Source*: CloudEvents 1.0 and its protobuf
//! format; the guarantees are numbered B1 to B15, and each test names the one that it proves.

pub mod broker;
mod client;
mod event;
mod group;
pub mod inbox;
pub mod outbox;

pub use client::{BoxError, Channel, Client, Delivery, Published, Settle};
pub use event::{DecodeError, Event, InvalidEvent};
pub use group::{Group, OnDeadLetter, Start};

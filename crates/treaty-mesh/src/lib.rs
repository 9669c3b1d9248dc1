//! Joins tonic servers and clients to the mesh, in process.
//!
//! A service joins with a few lines: [`Mesh::join`] gets it an identity from control,
//! [`Mesh::channel`] calls others by name, [`Mesh::server`] serves over mutual TLS and
//! drains when told to end.
//!
//! *Holds*: a node goes on with what control said last when control is gone. — *Does
//! not* decide by itself: treaty-core does.

mod admin;
mod channel;
mod config;
mod context;
mod discovery;
mod identity;
mod layers;
mod mesh;
mod metrics;
mod node;
mod pool;
pub mod reflection;
pub mod server;
mod signals;
mod status;
mod tasks;
pub mod telemetry;
mod transport;

pub use channel::Channel;
pub use config::{Config, ConfigError};
pub use context::CallContext;
pub use discovery::{Cache, Discovery};
pub use identity::{Identity, InvalidMaterial, JoinFailed, Material, spiffe_id_of};
pub use mesh::{JoinError, Mesh, ServerFace};
pub use metrics::{Direction, Metrics};
pub use node::Server;
pub use signals::end_on_signals;
pub use status::refuse;
pub use tasks::Tasks;
pub use transport::ConnectError;

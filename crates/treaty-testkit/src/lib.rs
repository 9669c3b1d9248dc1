//! Worlds for tests: a whole mesh in one process, or as the processes of `treaty up`.
//!
//! *Holds*: ports are free ones of loopback, files are temporary, and nothing outlives the
//! test. — *Does not* know any service: tests bring theirs.

pub mod hostile;
pub mod logs;
mod plain;
mod processes;
pub mod stranger;
mod world;

pub use plain::Plain;
pub use processes::Processes;
pub use world::{Instance, World};

//! Mesh decisions, pure: given a call, an identity, a time and a random seed, what is to be done and why.
//!
//! *Does not* do I/O, read clocks, draw random numbers or know tokio: callers bring
//! monotonic time as a [`std::time::Duration`] since a start of their choice, and
//! randomness as plain numbers. — *Holds*: the in-process layers, the gateway and the
//! command line ask the same functions, so they decide alike.

pub mod authorize;
pub mod backoff;
pub mod breaker;
pub mod concurrency;
pub mod deadline;
pub mod grpc_route;
pub mod method;
pub mod peak_ewma;
pub mod pick;
pub mod priority;
pub mod rate_limit;
pub mod retry;
pub mod retry_budget;
pub mod ring;
pub mod route;
pub mod spiffe;
pub mod split;
pub mod status;
pub mod trace_context;

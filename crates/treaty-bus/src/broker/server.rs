//! Answers the calls of `treaty.bus.v1.BusService`.

/// The bus as a gRPC service.
#[derive(Debug, Clone)]
pub struct BusServer {}

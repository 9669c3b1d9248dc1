//! The one table from what the mesh itself finds wrong to the status that a caller sees.
//!
//! *Holds*: trouble of the mesh is never INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS,
//! FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE or DATA_LOSS: those are the service's
//! words. — *Source*: gRFC A54; statuscodes.md of gRPC.

/// Why the mesh, and not the service, answers a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The path is not `/package.Service/Method`.
    MalformedPath,
    /// The request is not gRPC: wrong HTTP method or content type.
    NotGrpc,
    /// Nothing of the service is exposed here, or nobody here serves it.
    UnknownService,
    /// The service is here, but not the method.
    UnknownMethod,
    /// The caller showed no certificate.
    NoIdentity,
    /// No rule allows the caller this method.
    NotAuthorized,
    /// The timeout in the request cannot be read.
    MalformedTimeout,
    /// The time for the call ran out.
    DeadlineExceeded,
    /// The gateway was not told yet what it exposes.
    NoRoutes,
    /// No endpoint of the workload can be reached.
    NoEndpoint,
    /// The connection broke before the answer was complete.
    ConnectionLost,
    /// The fields of the request are more than this node keeps.
    RequestTooLarge,
    /// The endpoint answered what no gRPC service can.
    MalformedAnswer,
    /// This node is going down and takes no new calls.
    Draining,
}

impl Cause {
    /// The gRPC status code, by number.
    pub const fn code(self) -> i32 {
        match self {
            Self::MalformedPath | Self::UnknownService | Self::UnknownMethod => UNIMPLEMENTED,
            Self::NoIdentity => UNAUTHENTICATED,
            Self::NotAuthorized => PERMISSION_DENIED,
            Self::DeadlineExceeded => DEADLINE_EXCEEDED,
            Self::NoRoutes | Self::NoEndpoint | Self::ConnectionLost | Self::Draining => {
                UNAVAILABLE
            }
            Self::MalformedTimeout | Self::NotGrpc | Self::MalformedAnswer => INTERNAL,
            Self::RequestTooLarge => RESOURCE_EXHAUSTED,
        }
    }
}

const DEADLINE_EXCEEDED: i32 = 4;
const PERMISSION_DENIED: i32 = 7;
const RESOURCE_EXHAUSTED: i32 = 8;
const UNIMPLEMENTED: i32 = 12;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;

/// The name of a gRPC status code, such as `NOT_FOUND`; `other` for a number that gRPC
/// does not know.
pub const fn name(code: i32) -> &'static str {
    match code {
        0 => "OK",
        1 => "CANCELLED",
        2 => "UNKNOWN",
        3 => "INVALID_ARGUMENT",
        4 => "DEADLINE_EXCEEDED",
        5 => "NOT_FOUND",
        6 => "ALREADY_EXISTS",
        7 => "PERMISSION_DENIED",
        8 => "RESOURCE_EXHAUSTED",
        9 => "FAILED_PRECONDITION",
        10 => "ABORTED",
        11 => "OUT_OF_RANGE",
        12 => "UNIMPLEMENTED",
        13 => "INTERNAL",
        14 => "UNAVAILABLE",
        15 => "DATA_LOSS",
        16 => "UNAUTHENTICATED",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_of_the_mesh_never_speaks_for_the_service() {
        for cause in [
            Cause::MalformedPath,
            Cause::NotGrpc,
            Cause::UnknownService,
            Cause::UnknownMethod,
            Cause::NoIdentity,
            Cause::NotAuthorized,
            Cause::MalformedTimeout,
            Cause::DeadlineExceeded,
            Cause::NoRoutes,
            Cause::NoEndpoint,
            Cause::ConnectionLost,
            Cause::RequestTooLarge,
            Cause::MalformedAnswer,
            Cause::Draining,
        ] {
            assert!(![3, 5, 6, 9, 10, 11, 15].contains(&cause.code()), "{cause:?}");
        }
    }
}

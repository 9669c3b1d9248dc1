//! Turns what the mesh finds wrong into the answer that a caller sees: the door for errors.

use http::{Response, header};
use tonic::body::Body;
use treaty_core::status::Cause;

/// A trailers-only gRPC answer for a cause, with a message for people.
pub fn refuse(cause: Cause, message: &str) -> Response<Body> {
    let status = tonic::Status::new(tonic::Code::from_i32(cause.code()), message);
    let mut response = status.into_http::<Body>();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/grpc"));
    response
}

/// The status in the headers of a trailers-only answer, or in trailers.
pub(crate) fn code_in(headers: &http::HeaderMap) -> Option<i32> {
    headers.get("grpc-status")?.to_str().ok()?.parse().ok()
}

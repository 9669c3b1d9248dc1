//! The behaviours that a call passes on its way in or out, one room each.
//!
//! *Holds*: a layer answers with a gRPC status and never with an error, so that the order
//! of layers can be read without following types.

pub(crate) mod authorize;
pub(crate) mod body;
pub(crate) mod count;
pub(crate) mod deadline;
pub(crate) mod trace;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use http::{Request, Response};
use tonic::body::Body;
use tower::Service;

/// A service that answers every call, if only with a status.
pub trait Answer:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> Answer for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// The future of an [`Answer`] that was written as an async block.
pub(crate) type Answering =
    Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// Answers one call with a service that needs no readiness.
pub(crate) async fn answer<S: Answer>(mut service: S, request: Request<Body>) -> Response<Body> {
    match service.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

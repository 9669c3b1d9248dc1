//! Keeps calls that belong together in one trace, and tells its id in every log line.
//!
//! *Does not* export spans. — *Source*: W3C Trace Context.

use std::convert::Infallible;
use std::task::{Context, Poll};

use http::{HeaderMap, HeaderValue, Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};
use tracing::Instrument as _;
use treaty_core::trace_context::TraceContext;

use super::{Answer, Answering, answer};
use crate::context::CallContext;

const HEADER: &str = "traceparent";

/// Wraps a service in [`Trace`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct TraceLayer {
    outbound: bool,
}

impl TraceLayer {
    /// Takes the trace from the caller, or starts one.
    pub(crate) fn inbound() -> Self {
        Self { outbound: false }
    }

    /// Continues the trace of the call that is being served, or starts one.
    pub(crate) fn outbound() -> Self {
        Self { outbound: true }
    }
}

impl<S> Layer<S> for TraceLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace { inner, outbound: self.outbound }
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Trace<S> {
    inner: S,
    outbound: bool,
}

impl<S: Answer> Service<Request<Body>> for Trace<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let inner = self.inner.clone();
        if self.outbound {
            let current = CallContext::current().map(|context| context.trace);
            let trace = current.or_else(|| read(request.headers())).map_or_else(start, child);
            if let Ok(value) = HeaderValue::from_str(&trace.to_string()) {
                request.headers_mut().insert(HEADER, value);
            }
            return Box::pin(async move { Ok(answer(inner, request).await) });
        }
        let trace = read(request.headers()).unwrap_or_else(start);
        request.extensions_mut().insert(trace);
        let span = tracing::info_span!(
            "call",
            method = request.uri().path().trim_start_matches('/'),
            trace = trace.trace_id()
        );
        Box::pin(async move { Ok(answer(inner, request).await) }.instrument(span))
    }
}

fn read(headers: &HeaderMap) -> Option<TraceContext> {
    TraceContext::parse(headers.get(HEADER)?.to_str().ok()?)
}

fn start() -> TraceContext {
    TraceContext::start(fastrand::u128(..), fastrand::u64(..))
}

fn child(parent: TraceContext) -> TraceContext {
    parent.child(fastrand::u64(..))
}

//! Ends a call when its time is up, and passes on what is left of it.
//!
//! *Holds*: a deadline is never extended; the time that was used here is taken off
//! before it is sent on. — *Source*: gRPC over HTTP/2, `grpc-timeout`; gRPC's deadline guide.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};
use treaty_core::deadline::{self, InvalidTimeout};
use treaty_core::status::Cause;
use treaty_core::trace_context::TraceContext;

use super::body::trailers_of;
use super::{Answer, Answering, answer};
use crate::context::CallContext;
use crate::status::refuse;

const HEADER: &str = "grpc-timeout";

/// Wraps a service in [`Deadline`].
#[derive(Debug, Clone)]
pub(crate) struct DeadlineLayer {
    /// Ends calls that outlive a drain; inbound only.
    cut: Option<CancellationToken>,
}

impl DeadlineLayer {
    /// For calls that come in: the handler stops, and the calls that it makes know the deadline.
    pub(crate) fn inbound(cut: CancellationToken) -> Self {
        Self { cut: Some(cut) }
    }

    /// For calls that go out: never later than the call that causes them.
    pub(crate) fn outbound() -> Self {
        Self { cut: None }
    }
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = Deadline<S>;

    fn layer(&self, inner: S) -> Deadline<S> {
        Deadline { inner, cut: self.cut.clone() }
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Deadline<S> {
    inner: S,
    cut: Option<CancellationToken>,
}

impl<S: Answer> Service<Request<Body>> for Deadline<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let now = Instant::now();
        let asked = match timeout_of(request.headers()) {
            Ok(asked) => asked,
            Err(error) => {
                let refusal = refuse(Cause::MalformedTimeout, &error.to_string());
                return Box::pin(std::future::ready(Ok(refusal)));
            }
        };
        let caller = CallContext::current().and_then(|context| context.deadline);
        let left = caller.map(|deadline| deadline.saturating_duration_since(now));
        let timeout = deadline::remaining(left, asked, Duration::ZERO);
        let deadline = timeout.and_then(|timeout| now.checked_add(timeout));
        if self.cut.is_none()
            && let Some(deadline) = deadline
        {
            request.extensions_mut().insert(GivesUpAt(deadline));
        }
        let trace = request.extensions().get::<TraceContext>().copied();
        let context = trace.map(|trace| CallContext { deadline, trace });
        let limits = Limits { deadline, cut: self.cut.clone(), context };
        let inner = self.inner.clone();
        Box::pin(async move { Ok(limits.apply(answer(inner, request)).await) })
    }
}

fn timeout_of(headers: &HeaderMap) -> Result<Option<Duration>, InvalidTimeout> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    value.to_str().map_err(|_| InvalidTimeout).and_then(deadline::parse).map(Some)
}

/// When the caller of an outbound call gives up.
#[derive(Debug, Clone, Copy)]
struct GivesUpAt(Instant);

/// Tells the callee how much time is left at this moment: when the call is sent, after any
/// wait for an endpoint.
pub(crate) fn write_what_is_left(request: &mut Request<Body>) {
    let Some(GivesUpAt(deadline)) = request.extensions().get().copied() else { return };
    let left = deadline.saturating_duration_since(Instant::now());
    if let Ok(value) = HeaderValue::from_str(&deadline::format(left)) {
        request.headers_mut().insert(HEADER, value);
    }
}

struct Limits {
    deadline: Option<Instant>,
    cut: Option<CancellationToken>,
    context: Option<CallContext>,
}

impl Limits {
    async fn apply(self, call: impl Future<Output = Response<Body>>) -> Response<Body> {
        let mut limit = self.limit();
        let scoped = async {
            match self.context {
                Some(context) => context.scope(call).await,
                None => call.await,
            }
        };
        tokio::select! {
            biased;
            response = scoped => response.map(|body| {
                Body::new(Limited { inner: body, limit, context: self.context, over: false })
            }),
            cause = std::future::poll_fn(|cx| limit.poll(cx)) => refuse(cause, message(cause)),
        }
    }

    fn limit(&self) -> Limit {
        Limit {
            sleep: self.deadline.map(|deadline| Box::pin(tokio::time::sleep_until(deadline))),
            cut: self.cut.clone().map(|cut| Box::pin(cut.cancelled_owned())),
        }
    }
}

fn message(cause: Cause) -> &'static str {
    match cause {
        Cause::DeadlineExceeded => "the deadline of the call has passed",
        _ => "this instance is going down; call again",
    }
}

/// Whatever ends a call from outside.
struct Limit {
    sleep: Option<Pin<Box<Sleep>>>,
    cut: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
}

impl Limit {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Cause> {
        if let Some(sleep) = &mut self.sleep
            && sleep.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Cause::DeadlineExceeded);
        }
        if let Some(cut) = &mut self.cut
            && cut.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Cause::Draining);
        }
        Poll::Pending
    }
}

/// An answer that ends with a status of its own when a limit is reached.
struct Limited {
    inner: Body,
    limit: Limit,
    context: Option<CallContext>,
    over: bool,
}

impl http_body::Body for Limited {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        if this.over {
            return Poll::Ready(None);
        }
        // The limit first: a stream that always has something to say must end too.
        let Poll::Ready(cause) = this.limit.poll(cx) else {
            let inner = Pin::new(&mut this.inner);
            return match this.context {
                Some(context) => context.enter(|| inner.poll_frame(cx)),
                None => inner.poll_frame(cx),
            };
        };
        this.over = true;
        this.inner = Body::empty();
        let status = Status::new(tonic::Code::from_i32(cause.code()), message(cause));
        Poll::Ready(Some(trailers_of(&status)))
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

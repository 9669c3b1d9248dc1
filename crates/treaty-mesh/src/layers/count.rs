//! Counts calls and their time by method and status code, in either direction.
//!
//! *Holds*: a call is counted once, when its answer ends; methods that no contract of
//! this node names are counted as `other`, so strangers cannot create series.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tokio::time::Instant;
use tonic::body::Body;
use tower::{Layer, Service};

use super::body::{End, Observer, watch};
use super::{Answer, Answering, answer};
use crate::metrics::{Direction, Metrics};

/// Wraps a service in [`Count`].
#[derive(Debug, Clone)]
pub(crate) struct CountLayer {
    metrics: Arc<Metrics>,
    direction: Direction,
}

impl CountLayer {
    pub(crate) fn new(metrics: Arc<Metrics>, direction: Direction) -> Self {
        Self { metrics, direction }
    }
}

impl<S> Layer<S> for CountLayer {
    type Service = Count<S>;

    fn layer(&self, inner: S) -> Count<S> {
        Count { inner, layer: self.clone() }
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Count<S> {
    inner: S,
    layer: CountLayer,
}

impl<S: Answer> Service<Request<Body>> for Count<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let call = Counted {
            metrics: Arc::clone(&self.layer.metrics),
            direction: self.layer.direction,
            path: request.uri().path().to_owned(),
            begun: Instant::now(),
            done: false,
        };
        let inner = self.inner.clone();
        Box::pin(async move { Ok(watch(answer(inner, request).await, call)) })
    }
}

struct Counted {
    metrics: Arc<Metrics>,
    direction: Direction,
    path: String,
    begun: Instant,
    done: bool,
}

impl Counted {
    fn count(&mut self, code: i32) {
        if !std::mem::replace(&mut self.done, true) {
            self.metrics.handled(self.direction, &self.path, code, self.begun.elapsed());
        }
    }
}

impl Observer for Counted {
    fn on_end(&mut self, end: End) {
        self.count(end.code());
    }
}

/// A call that is dropped before it is answered was cancelled.
impl Drop for Counted {
    fn drop(&mut self) {
        self.count(End::Abandoned.code());
    }
}

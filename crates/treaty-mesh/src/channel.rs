//! Calls a workload by name: what a generated client is built on.
//!
//! ```no_run
//! # fn example(mesh: treaty_mesh::Mesh) {
//! use contracts::treaty::control::v1::discovery_service_client::DiscoveryServiceClient;
//!
//! let control = DiscoveryServiceClient::new(mesh.channel("control"));
//! # }
//! ```

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer as _, Service};

use crate::layers::count::{Count, CountLayer};
use crate::layers::deadline::{Deadline, DeadlineLayer};
use crate::layers::trace::{Trace, TraceLayer};
use crate::metrics::{Direction, Metrics};
use crate::pool::Pool;

/// A channel to a workload; cheap to clone, always ready.
///
/// Trouble on the way is answered as a gRPC status, never as an error.
#[derive(Clone)]
pub struct Channel {
    stack: Count<Trace<Deadline<Balance>>>,
    pool: Arc<Pool>,
}

impl Channel {
    /// The order of behaviours on a call that goes out, outermost first.
    pub(crate) fn new(pool: Arc<Pool>, metrics: Arc<Metrics>) -> Self {
        // 1. Count: sees every call, whatever becomes of it.
        let count = CountLayer::new(metrics, Direction::Client);
        // 2. Trace: the call belongs to the one that causes it.
        let trace = TraceLayer::outbound();
        // 3. Deadline: covers the wait for an endpoint too.
        let deadline = DeadlineLayer::outbound();
        // 4. Balance: one of the endpoints that take calls.
        let balance = Balance { pool: Arc::clone(&pool) };
        Self { stack: count.layer(trace.layer(deadline.layer(balance))), pool }
    }

    /// How many endpoints of the workload take calls from here now.
    pub fn ready_endpoints(&self) -> usize {
        self.pool.ready_endpoints()
    }

    /// Waits until at least `count` endpoints take calls from here.
    pub async fn wait_for_endpoints(&self, count: usize) {
        let mut readiness = self.pool.readiness();
        // The sender lives in the pool that we hold, so the wait can only succeed.
        let _ = readiness.wait_for(|ready| ready.len() >= count).await;
    }
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channel").finish_non_exhaustive()
    }
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.stack.call(request)
    }
}

/// Sends each call to one endpoint of the pool.
#[derive(Clone)]
struct Balance {
    pool: Arc<Pool>,
}

impl Service<Request<Body>> for Balance {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let pool = Arc::clone(&self.pool);
        Box::pin(async move { Ok(pool.call(request).await) })
    }
}

//! One instance that we call: its connection, its load, and the calls on their way to it.
//!
//! *Holds*: there is at most one connection; when it ends another is opened, with
//! backoff, until the endpoint is removed; a removed endpoint finishes its calls.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contracts::treaty::control::v1::Endpoint as Known;
use http::{Request, Response};
use hyper::client::conn::http2::SendRequest;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use treaty_core::peak_ewma::{self, PeakEwma};
use treaty_core::spiffe::SpiffeId;

use super::loan::lend;
use crate::config::Config;
use crate::identity::Identity;
use crate::layers::body::{End, Observer, mend, watch};
use crate::layers::deadline;
use crate::transport;

/// A connection that lived this long was accepted.
const WELL_AFTER: Duration = Duration::from_secs(1);

/// One instance of a workload.
pub(crate) struct Endpoint {
    node_id: String,
    address: String,
    id: SpiffeId,
    draining: AtomicBool,
    sender: Mutex<Option<SendRequest<Body>>>,
    in_flight: AtomicUsize,
    latency: Mutex<PeakEwma>,
}

/// What came of an attempt to call.
pub(super) enum Sent {
    /// The endpoint answered.
    Answered(Response<Body>),
    /// The endpoint may have seen the call, but there is no answer.
    Lost(hyper::Error),
    /// The endpoint saw nothing of the call's messages.
    Not(Request<Body>),
}

/// What keeping a connection needs.
pub(super) struct Keeping {
    pub(super) config: Arc<Config>,
    pub(super) identity: Arc<Identity>,
    /// The endpoint is gone from the pool.
    pub(super) removed: CancellationToken,
    /// The node ends.
    pub(super) closed: CancellationToken,
    /// Whether the endpoint takes calls may have changed.
    pub(super) changed: Box<dyn Fn() + Send + Sync>,
}

impl Endpoint {
    pub(super) fn new(known: &Known, id: SpiffeId, now: Duration) -> Self {
        Self {
            node_id: known.node_id.clone(),
            address: known.address.clone(),
            id,
            draining: AtomicBool::new(false),
            sender: Mutex::new(None),
            in_flight: AtomicUsize::new(0),
            latency: Mutex::new(PeakEwma::new(peak_ewma::Config::default(), now)),
        }
    }

    pub(super) fn node_id(&self) -> &str {
        &self.node_id
    }

    /// Whether control means this endpoint, at this place, with this identity.
    pub(super) fn is(&self, known: &Known) -> bool {
        self.address == known.address && self.id.to_string() == known.spiffe_id
    }

    pub(super) fn set_draining(&self, draining: bool) {
        self.draining.store(draining, Ordering::Relaxed);
    }

    pub(super) fn takes_calls(&self) -> bool {
        !self.draining.load(Ordering::Relaxed)
            && self.sender().as_ref().is_some_and(|sender| !sender.is_closed())
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    pub(super) fn load(&self, now: Duration) -> f64 {
        self.latency().load(self.in_flight(), now)
    }

    /// Sends one call; its time counts from here to the head of the answer.
    pub(super) async fn send(self: &Arc<Self>, mut request: Request<Body>, epoch: Instant) -> Sent {
        let Some(mut sender) = self.sender().clone() else { return Sent::Not(request) };
        let mut flight = Flight::start(Arc::clone(self), epoch);
        deadline::write_what_is_left(&mut request);
        let (parts, body) = request.into_parts();
        let (body, loan) = lend(body);
        let head = parts.clone();
        match sender.try_send_request(Request::from_parts(parts, body)).await {
            Ok(response) => {
                loan.forgive();
                flight.observe();
                Sent::Answered(watch(mend(response.map(Body::new)), flight))
            }
            Err(failed) => match loan.take_back(failed.message().is_none(), failed.error()) {
                Some(body) => {
                    flight.uncounted();
                    Sent::Not(Request::from_parts(head, body))
                }
                None => Sent::Lost(failed.into_error()),
            },
        }
    }

    /// Connects, and connects again whenever the connection ends, until removed.
    pub(super) async fn keep_connected(self: Arc<Self>, keeping: Keeping) {
        let mut failures = 0;
        loop {
            match self.connect(&keeping).await {
                Ok(connection) => {
                    let begun = Instant::now();
                    self.hold(connection, &keeping).await;
                    // In TLS 1.3 a server's refusal comes only after our handshake is done.
                    failures = if begun.elapsed() >= WELL_AFTER { 0 } else { failures + 1 };
                }
                Err(error) => {
                    failures += 1;
                    let (node, address) = (&self.node_id, &self.address);
                    tracing::debug!(node, address, %error, failures, "cannot connect");
                }
            }
            let wait = keeping.config.backoff.wait(failures.max(1), fastrand::u64(..));
            tokio::select! {
                () = keeping.removed.cancelled() => return,
                () = keeping.closed.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn connect(
        &self,
        keeping: &Keeping,
    ) -> Result<transport::Connection, transport::ConnectError> {
        let tls = keeping.identity.client_config(&self.id).map_err(std::io::Error::other)?;
        tokio::select! {
            () = keeping.removed.cancelled() => Err(std::io::Error::other("removed").into()),
            () = keeping.closed.cancelled() => Err(std::io::Error::other("closed").into()),
            connected = transport::connect(&self.address, tls, &keeping.config) => connected,
        }
    }

    /// Takes calls on a connection until it ends; once removed, lets it end by itself.
    async fn hold(&self, connection: transport::Connection, keeping: &Keeping) {
        let transport::Connection { sender, mut driver } = connection;
        *self.sender() = Some(sender);
        (keeping.changed)();
        let ended = tokio::select! {
            ended = &mut driver => Some(ended),
            () = keeping.removed.cancelled() => None,
            () = keeping.closed.cancelled() => None,
        };
        *self.sender() = None;
        (keeping.changed)();
        match ended {
            Some(Err(error)) => tracing::debug!(node = self.node_id, %error, "connection lost"),
            Some(Ok(())) => {}
            // Without a sender, the driver ends with the last call in flight.
            None => {
                let _ = tokio::time::timeout(keeping.config.drain_timeout, driver).await;
            }
        }
    }

    fn sender(&self) -> std::sync::MutexGuard<'_, Option<SendRequest<Body>>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn latency(&self) -> std::sync::MutexGuard<'_, PeakEwma> {
        self.latency.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call on its way; counted as in flight until its answer has ended.
struct Flight {
    endpoint: Arc<Endpoint>,
    epoch: Instant,
    begun: Instant,
    observed: bool,
}

impl Flight {
    fn start(endpoint: Arc<Endpoint>, epoch: Instant) -> Self {
        endpoint.in_flight.fetch_add(1, Ordering::Relaxed);
        Self { endpoint, epoch, begun: Instant::now(), observed: false }
    }

    /// The call never left, so its time says nothing of the endpoint.
    fn uncounted(mut self) {
        self.observed = true;
    }

    fn observe(&mut self) {
        if !std::mem::replace(&mut self.observed, true) {
            self.endpoint.latency().observe(self.begun.elapsed(), self.epoch.elapsed());
        }
    }
}

/// In flight until the answer's body is dropped.
impl Observer for Flight {
    fn on_end(&mut self, _end: End) {}
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.endpoint.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

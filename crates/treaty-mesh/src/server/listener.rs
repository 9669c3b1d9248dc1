//! Accepts connections, shakes hands, and ends them without failing a call in flight.
//!
//! *Holds*: connections and handshakes are bounded; on shutdown every connection is told
//! to open no new streams (GOAWAY), calls in flight go on until the drain time is up, and
//! what is still open then ends with UNAVAILABLE.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::body::Body;
use treaty_core::spiffe::SpiffeId;

use super::first_bytes::FirstBytes;
use super::{Parts, Peer};
use crate::config::Config;
use crate::identity::spiffe_id_of;
use crate::layers::Answer;
use crate::metrics::Metrics;

/// After the calls that outlive a drain were ended, their last frames may take this long.
const LAST_FRAMES: Duration = Duration::from_secs(1);
/// A listener that cannot accept (no file handles left, say) tries again after this time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What is spoken on a listener.
#[derive(Clone)]
pub(super) enum Speaks {
    /// HTTP/2 over mutual TLS, to workloads.
    Mesh(TlsAcceptor),
    /// HTTP/2, or HTTP/1.1 to be told better, over TLS, to the outside.
    Edge(TlsAcceptor),
    /// As `Edge`, without TLS.
    Plaintext,
}

pub(super) struct Listener {
    listener: TcpListener,
    speaks: Speaks,
    config: Arc<Config>,
    metrics: Arc<Metrics>,
    shutdown: CancellationToken,
    cut: CancellationToken,
}

impl Listener {
    pub(super) fn new(listener: TcpListener, speaks: Speaks, parts: &Parts) -> Self {
        Self {
            listener,
            speaks,
            config: Arc::clone(&parts.config),
            metrics: Arc::clone(&parts.metrics),
            shutdown: parts.tasks.shutdown().clone(),
            cut: CancellationToken::new(),
        }
    }

    /// Cancelled when calls that outlive the drain are to end.
    pub(super) fn cut(&self) -> CancellationToken {
        self.cut.clone()
    }

    pub(super) async fn run<S: Answer>(self, stack: S) {
        let connections = TaskTracker::new();
        let over = CancellationToken::new();
        let places = Arc::new(Semaphore::new(self.config.max_connections));
        while let Some((place, tcp, address)) = self.accept(&places).await {
            let connection = Connection {
                speaks: self.speaks.clone(),
                config: Arc::clone(&self.config),
                metrics: Arc::clone(&self.metrics),
                shutdown: self.shutdown.clone(),
                over: over.clone(),
                address,
            };
            let stack = stack.clone();
            connections.spawn(async move {
                connection.run(tcp, stack).await;
                drop(place);
            });
        }
        drop(self.listener);
        connections.close();
        if tokio::time::timeout(self.config.drain_timeout, connections.wait()).await.is_err() {
            let open = connections.len();
            tracing::info!(open, "the drain time is up; ending the calls that are still open");
            self.cut.cancel();
            let _ = tokio::time::timeout(LAST_FRAMES, connections.wait()).await;
            over.cancel();
            connections.wait().await;
        }
    }

    /// The next connection and its place, or `None` on shutdown.
    async fn accept(&self, places: &Arc<Semaphore>) -> Option<(Place, TcpStream, SocketAddr)> {
        loop {
            let accepted = async {
                let place = Arc::clone(places).acquire_owned().await;
                (place, self.listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                () = self.shutdown.cancelled() => return None,
                accepted = accepted => accepted,
            };
            match accepted {
                Ok((tcp, address)) => return Some((place.ok()?, tcp, address)),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

/// One of the connections that may be open at once.
type Place = OwnedSemaphorePermit;

struct Connection {
    speaks: Speaks,
    config: Arc<Config>,
    metrics: Arc<Metrics>,
    shutdown: CancellationToken,
    /// Cancelled when even the last frames had their time.
    over: CancellationToken,
    address: SocketAddr,
}

impl Connection {
    async fn run<S: Answer>(self, tcp: TcpStream, stack: S) {
        let _ = tcp.set_nodelay(true);
        let tls = match &self.speaks {
            Speaks::Mesh(tls) | Speaks::Edge(tls) => tls,
            Speaks::Plaintext => return self.serve(tcp, None, stack).await,
        };
        let Some(stream) = self.shake_hands(tls, tcp).await else { return };
        let certificates = stream.get_ref().1.peer_certificates();
        let id = certificates.and_then(|chain| spiffe_id_of(chain.first()?));
        self.serve(stream, id, stack).await;
    }

    async fn serve<S: Answer>(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        id: Option<SpiffeId>,
        stack: S,
    ) {
        let peer = Peer { id, address: self.address };
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer.clone());
            let mut stack = stack.clone();
            async move { stack.call(request).await }
        });
        let builder = self.builder();
        let stream = FirstBytes::within(self.config.connect_timeout, stream);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = connection.as_mut() => ended,
                    () = self.over.cancelled() => return,
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, address = %self.address, "connection ended");
        }
    }

    fn builder(&self) -> auto::Builder<TokioExecutor> {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        if matches!(self.speaks, Speaks::Mesh(_)) {
            builder = builder.http2_only();
        }
        builder.http1().timer(TokioTimer::new()).header_read_timeout(self.config.connect_timeout);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(self.config.max_streams_per_connection)
            .max_header_list_size(self.config.max_header_bytes)
            .keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(3));
        builder
    }

    async fn shake_hands(&self, tls: &TlsAcceptor, tcp: TcpStream) -> Option<TlsStream<TcpStream>> {
        // Not cut short by shutdown: the caller may be done with its part, and have called.
        let accepted = tokio::time::timeout(self.config.connect_timeout, tls.accept(tcp)).await;
        let (reason, label) = match accepted {
            Ok(Ok(stream)) => return Some(stream),
            // Someone looked whether the port is open.
            Ok(Err(error)) if error.kind() == ErrorKind::UnexpectedEof => return None,
            Ok(Err(error)) => (error.to_string(), "handshake"),
            Err(_) => ("no handshake in time".to_owned(), "timeout"),
        };
        self.metrics.connection_refused(label);
        tracing::warn!(address = %self.address, reason, "refused a connection");
        None
    }
}

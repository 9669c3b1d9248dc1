//! Opens one HTTP/2 connection over mutual TLS.
//!
//! *Does not* pick endpoints or try again. — *Holds*: connecting and shaking hands end
//! within the configured time; a peer that stops answering pings is given up.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::body::Body;

use crate::config::Config;

/// Pings go out this often, also when nothing else does.
const PING_INTERVAL: Duration = Duration::from_secs(10);
/// A ping unanswered for this long ends the connection.
const PING_TIMEOUT: Duration = Duration::from_secs(3);
/// Flow control: bytes in flight per call and per connection.
const STREAM_WINDOW: u32 = 256 << 10;
const CONNECTION_WINDOW: u32 = 1 << 20;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// TCP or TLS failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// HTTP/2 failed.
    #[error("{0}")]
    Http2(#[from] hyper::Error),
    /// It took too long.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
}

/// Runs the connection; ends when it is closed.
pub(crate) type Driver = Pin<Box<dyn Future<Output = Result<(), hyper::Error>> + Send>>;

/// An open connection: a handle for calls, and the future that moves its bytes.
pub(crate) struct Connection {
    pub(crate) sender: http2::SendRequest<Body>,
    pub(crate) driver: Driver,
}

impl Connection {
    /// A channel for tonic's clients on this one connection.
    pub(crate) fn into_channel(self) -> (SingleConnection, Driver) {
        (SingleConnection { sender: self.sender }, self.driver)
    }
}

/// Connects to `address` and shakes hands.
pub(crate) async fn connect(
    address: &str,
    tls: Arc<ClientConfig>,
    config: &Config,
) -> Result<Connection, ConnectError> {
    let timeout = config.connect_timeout;
    tokio::time::timeout(timeout, shake_hands(address, tls, config.max_header_bytes))
        .await
        .map_err(|_| ConnectError::TimedOut(timeout))?
}

async fn shake_hands(
    address: &str,
    tls: Arc<ClientConfig>,
    max_header_bytes: u32,
) -> Result<Connection, ConnectError> {
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    // Our verifier looks at the SPIFFE id alone, so the name is only a form to fill in.
    let name = ServerName::IpAddress(tcp.peer_addr()?.ip().into());
    let stream = TlsConnector::from(tls).connect(name, tcp).await?;
    let (sender, driver) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(max_header_bytes)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .keep_alive_while_idle(true)
        .handshake(TokioIo::new(stream))
        .await?;
    Ok(Connection { sender, driver: Box::pin(driver) })
}

/// A channel for tonic's clients on one connection.
#[derive(Debug, Clone)]
pub(crate) struct SingleConnection {
    sender: http2::SendRequest<Body>,
}

impl tower::Service<Request<Body>> for SingleConnection {
    type Response = Response<Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.sender.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        absolute(&mut request);
        Box::pin(self.sender.send_request(request))
    }
}

/// Gives a request the scheme and authority that HTTP/2 asks for.
pub(crate) fn absolute(request: &mut Request<Body>) {
    let path = request.uri().path_and_query().cloned();
    let uri = http::Uri::builder()
        .scheme(http::uri::Scheme::HTTPS)
        .authority(request.uri().authority().map_or("mesh", |authority| authority.as_str()))
        .path_and_query(path.unwrap_or_else(|| http::uri::PathAndQuery::from_static("/")))
        .build();
    if let Ok(uri) = uri {
        *request.uri_mut() = uri;
    }
}

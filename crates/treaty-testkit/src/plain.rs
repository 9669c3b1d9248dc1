//! A caller from outside: one plaintext HTTP/2 connection to the gateway.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tonic::body::Body;

/// A channel for generated clients; cheap to clone.
#[derive(Debug, Clone)]
pub struct Plain {
    address: SocketAddr,
    sender: http2::SendRequest<Body>,
}

impl Plain {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens or nobody speaks HTTP/2.
    pub async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, driver) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        Ok(Self::over(address, sender))
    }

    /// Takes over a connection that is open already.
    pub(crate) fn over(address: SocketAddr, sender: http2::SendRequest<Body>) -> Self {
        Self { address, sender }
    }
}

impl tower::Service<Request<Body>> for Plain {
    type Response = Response<Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.sender.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        if let Ok(uri) = format!("http://{}{path}", self.address).parse::<Uri>() {
            *request.uri_mut() = uri;
        }
        Box::pin(self.sender.send_request(request))
    }
}

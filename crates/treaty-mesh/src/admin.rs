//! Answers on loopback to operators: `/metrics`, `/livez`, `/readyz`.
//!
//! *Does not* serve the mesh or the outside.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::metrics::Metrics;
use crate::server::{ServeError, bind};
use crate::tasks::Tasks;

/// Scrapers and operators at once.
const MAX_CONNECTIONS: usize = 16;
/// A request must be complete within this time.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);

/// A running administration listener.
pub(crate) struct Admin {
    address: SocketAddr,
    ready: Arc<AtomicBool>,
}

impl Admin {
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Relaxed);
    }
}

/// Starts the listener on the configured address.
pub(crate) async fn start(
    config: &Config,
    metrics: Arc<Metrics>,
    tasks: &Tasks,
) -> Result<Admin, ServeError> {
    let listener = bind(config.admin).await?;
    let address = listener.local_addr().unwrap_or(config.admin);
    let ready = Arc::new(AtomicBool::new(false));
    let pages = Pages { metrics, ready: Arc::clone(&ready) };
    let closed = tasks.closed().clone();
    tasks.spawn_connection("administration", async move {
        tokio::select! {
            () = closed.cancelled() => {}
            () = accept(listener, pages) => {}
        }
    });
    Ok(Admin { address, ready })
}

async fn accept(listener: TcpListener, pages: Pages) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let pages = pages.clone();
                tokio::spawn(async move {
                    pages.serve(stream).await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

#[derive(Clone)]
struct Pages {
    metrics: Arc<Metrics>,
    ready: Arc<AtomicBool>,
}

impl Pages {
    async fn serve(&self, stream: TcpStream) {
        let pages = self.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let answer = pages.page(request.uri().path());
            async move { Ok::<_, Infallible>(answer) }
        });
        let _ = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    fn page(&self, path: &str) -> Response<Full<Bytes>> {
        match path {
            "/metrics" => text(StatusCode::OK, self.metrics.text()),
            "/livez" => text(StatusCode::OK, "live\n".to_owned()),
            "/readyz" if self.ready.load(Ordering::Relaxed) => {
                text(StatusCode::OK, "ready\n".to_owned())
            }
            "/readyz" => text(StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned()),
            _ => text(StatusCode::NOT_FOUND, "try /metrics, /livez or /readyz\n".to_owned()),
        }
    }
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let plain = header::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

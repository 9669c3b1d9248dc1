//! The same over real HTTP/2, on a pipe in memory: streams that end, break and drain.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use hyper::client::conn::http2::SendRequest;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::client::GrpcService;
use treaty_bus::{Client, Settle};

use crate::world::{World, event, fast_group, group};

/// One HTTP/2 connection.
#[derive(Clone)]
struct Wire(SendRequest<Body>);

impl Wire {
    /// Connects to a bus; the connection breaks when `cut` is cancelled.
    async fn to(world: &World, cut: CancellationToken) -> Self {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let server = world.broker.server();
        let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let mut server = server.clone();
            async move { GrpcService::call(&mut server, request.map(Body::new)).await }
        });
        let serving = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(far), service);
        tokio::spawn(async move {
            tokio::select! {
                _ = serving => {}
                () = cut.cancelled() => {}
            }
        });
        let (send, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(near))
                .await
                .unwrap();
        tokio::spawn(connection);
        Self(send)
    }
}

impl GrpcService<Body> for Wire {
    type ResponseBody = hyper::body::Incoming;
    type Error = hyper::Error;
    type Future =
        Pin<Box<dyn Future<Output = hyper::Result<http::Response<hyper::body::Incoming>>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<hyper::Result<()>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let path = request.uri().path_and_query().cloned().unwrap();
        *request.uri_mut() = format!("http://bus{path}").parse().unwrap();
        Box::pin(self.0.send_request(request))
    }
}

#[tokio::test(start_paused = true)]
async fn b4_over_http2_a_subscription_drains_and_is_heard() {
    let world = World::new().await;
    let client = Client::new(Wire::to(&world, CancellationToken::new()).await);
    client.publish((0..20).map(|id| event("k", &id.to_string())).collect()).await.unwrap();
    let (seen, shutdown) = (Mutex::new(Vec::new()), CancellationToken::new());
    let handler = |delivery: treaty_bus::Delivery| {
        let mut seen = seen.lock().unwrap();
        seen.push(delivery.sequence);
        if seen.len() == 20 {
            shutdown.cancel();
        }
        async { Ok(Settle::Ack) }
    };
    client.subscribe(fast_group("g"), handler, shutdown.clone()).await.unwrap();
    assert_eq!(seen.into_inner().unwrap(), (1..=20).collect::<Vec<_>>());
    let status = world.status().await;
    assert_eq!((status.groups[0].pending, status.groups[0].consumers.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn b4_over_http2_a_broken_connection_gives_back_at_once() {
    let world = World::new().await;
    world.publish(vec![event("k", "1")]).await;
    let cut = CancellationToken::new();
    let client = Client::new(Wire::to(&world, cut.clone()).await);
    let (stop, begun) = (CancellationToken::new(), CancellationToken::new());
    let (stopped, started) = (stop.clone(), begun.clone());
    let stuck = tokio::spawn(async move {
        let handler = |_| {
            started.cancel();
            std::future::pending()
        };
        client.subscribe(fast_group("g"), handler, stopped).await
    });
    begun.cancelled().await;
    let mut other = world.consumer(group("g"), 10).await;
    assert_eq!(other.all().await, []);
    cut.cancel();
    assert_eq!(other.all().await, [("1".to_owned(), 2)]);
    stop.cancel();
    stuck.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn over_http2_an_ending_bus_ends_its_streams() {
    let world = World::new().await;
    let client = Client::new(Wire::to(&world, CancellationToken::new()).await);
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let handler = |_| async { Ok(Settle::Ack) };
    let running =
        tokio::spawn(async move { client.subscribe(fast_group("g"), handler, stopped).await });
    while world.status().await.groups.first().is_none_or(|group| group.consumers.is_empty()) {
        tokio::task::yield_now().await;
    }
    world.broker.shutdown().await;
    stop.cancel();
    running.await.unwrap().unwrap();
}

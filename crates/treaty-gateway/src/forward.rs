//! Sends a call to the workload that its route names, frame by frame, without decoding it.
//!
//! *Holds*: bodies pass as they come, with their trailers and their flow control; what is
//! not exposed is UNIMPLEMENTED; what is not gRPC is told so in words.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use tonic::body::Body;
use tower::Service;
use treaty_core::method::MethodPath;
use treaty_core::route::Target;
use treaty_core::status::Cause;
use treaty_mesh::server::Router;
use treaty_mesh::{Mesh, refuse};

use crate::exposure::Exposure;

/// The gateway's service; cheap to clone.
#[derive(Clone)]
pub(crate) struct Forward {
    mesh: Mesh,
    exposure: Arc<Exposure>,
    own: Router,
}

impl Forward {
    pub(crate) fn new(mesh: Mesh, exposure: Arc<Exposure>, own: Router) -> Self {
        Self { mesh, exposure, own }
    }

    async fn answer(mut self, mut request: Request<Body>) -> Response<Body> {
        if !is_grpc(&request) {
            return not_grpc();
        }
        let path = request.uri().path().to_owned();
        let Some(path) = MethodPath::parse(&path) else {
            return refuse(Cause::MalformedPath, "the path is not /package.Service/Method");
        };
        if self.own.serves(path.service) {
            return infallible(self.own.call(request).await);
        }
        let routes = self.exposure.routes();
        let workload = match routes.target(path) {
            Target::Workload(workload) => workload,
            _ if !self.exposure.is_routed() => {
                return refuse(Cause::NoRoutes, "this gateway has no routes yet");
            }
            Target::MethodNotExposed => {
                let message = format!("this gateway does not expose {path}");
                return refuse(Cause::UnknownMethod, &message);
            }
            Target::ServiceNotExposed => {
                let message = format!("this gateway does not expose {}", path.service);
                return refuse(Cause::UnknownService, &message);
            }
        };
        drop_hop_by_hop(request.headers_mut());
        let mut response = infallible(self.mesh.channel(workload).call(request).await);
        drop_hop_by_hop(response.headers_mut());
        response
    }
}

fn infallible(result: Result<Response<Body>, Infallible>) -> Response<Body> {
    match result {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Source: gRPC over HTTP/2: POST and a content type that begins with `application/grpc`.
fn is_grpc(request: &Request<Body>) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let grpc = content_type.is_some_and(|value| {
        let value = value.as_bytes();
        value == b"application/grpc"
            || value.starts_with(b"application/grpc+")
            || value.starts_with(b"application/grpc;")
    });
    grpc && request.method() == Method::POST && request.version() == http::Version::HTTP_2
}

/// Tells a caller who speaks something else what is spoken here.
fn not_grpc() -> Response<Body> {
    let hint = "this address speaks gRPC over HTTP/2; try: grpcurl -plaintext <address> list\n";
    let mut response = Response::new(Body::new(http_body_util::Full::from(hint)));
    *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let plain = header::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

/// Source: RFC 9110, section 7.6.1. `te: trailers` stays: gRPC asks for it.
fn drop_hop_by_hop(headers: &mut HeaderMap) {
    for name in ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"] {
        headers.remove(name);
    }
}

impl Service<Request<Body>> for Forward {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let forward = self.clone();
        Box::pin(async move { Ok(forward.answer(request).await) })
    }
}

//! Tells whether the services behind the gateway take calls.
//!
//! *Holds*: the empty name is the gateway itself, which serves once it has routes; a service is as well as the worst of
//! its backends; a watch answers at once, and SERVICE_UNKNOWN instead of an error. —
//! *Source*: gRPC health checking protocol.

use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::exposure::Exposure;

/// The service `grpc.health.v1.Health`.
pub(crate) fn service(exposure: Arc<Exposure>) -> HealthServer<EdgeHealth> {
    HealthServer::new(EdgeHealth { exposure })
}

pub(crate) struct EdgeHealth {
    exposure: Arc<Exposure>,
}

fn status(exposure: &Exposure, service: &str) -> ServingStatus {
    let serving = match service {
        "" => Some(exposure.is_routed() && !exposure.mesh().shutdown().is_cancelled()),
        name => exposure.is_serving(name),
    };
    match serving {
        Some(true) => ServingStatus::Serving,
        Some(false) => ServingStatus::NotServing,
        None => ServingStatus::ServiceUnknown,
    }
}

#[tonic::async_trait]
impl Health for EdgeHealth {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        match status(&self.exposure, &service) {
            ServingStatus::ServiceUnknown => {
                Err(Status::not_found(format!("this gateway does not expose `{service}`")))
            }
            status => Ok(Response::new(HealthCheckResponse { status: status.into() })),
        }
    }

    type WatchStream =
        Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send + 'static>>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let service = request.into_inner().service;
        let exposure = Arc::clone(&self.exposure);
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut changes = exposure.updates();
            let shutdown = exposure.mesh().shutdown().clone();
            let mut last = None;
            loop {
                let status = status(&exposure, &service);
                if last != Some(status) {
                    last = Some(status);
                    let answer = HealthCheckResponse { status: status.into() };
                    if sender.send(Ok(answer)).await.is_err() {
                        return;
                    }
                }
                tokio::select! {
                    () = sender.closed() => return,
                    () = shutdown.cancelled() => {
                        let status = ServingStatus::NotServing.into();
                        let _ = sender.send(Ok(HealthCheckResponse { status })).await;
                        return;
                    }
                    changed = changes.changed() => if changed.is_err() { return },
                }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}

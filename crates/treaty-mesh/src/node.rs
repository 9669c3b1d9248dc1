//! What a service's `main` says it serves, and its life from ready to drained.
//!
//! *Holds*: the mesh hears of an instance only once it listens, and hears that it drains
//! before its listener closes; health answers NOT_SERVING from then on.

use std::convert::Infallible;

use contracts::Contract;
use contracts::treaty::control::v1::EndpointState;
use http::{Request, Response};
use tonic::body::Body;
use tonic::server::NamedService;
use tonic_health::ServingStatus;
use tower::Service;

use crate::mesh::{Mesh, ServerFace, listen};
use crate::reflection::Reflection;
use crate::server::{self, Router, ServeError};

/// The services of one node, before it serves them.
#[derive(Debug)]
pub struct Server {
    mesh: Mesh,
    router: Router,
    contracts: Vec<&'static Contract>,
}

impl Server {
    pub(crate) fn new(mesh: Mesh) -> Self {
        Self { mesh, router: Router::default(), contracts: Vec::new() }
    }

    /// Names a contract that the services below fulfil.
    #[must_use]
    pub fn serves(mut self, contract: &'static Contract) -> Self {
        self.contracts.push(contract);
        self
    }

    /// Adds a generated server.
    #[must_use]
    pub fn add_service<S>(mut self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.router = self.router.add_service(service);
        self
    }

    /// Serves until the node is told to end, then drains and leaves the mesh.
    ///
    /// Health and reflection are served beside what was added.
    ///
    /// # Errors
    /// When the address is taken or our certificate cannot be offered.
    pub async fn run(self) -> Result<(), ServeError> {
        let Self { mesh, router, contracts } = self;
        let services: Vec<String> = router.names().into_iter().map(str::to_owned).collect();
        let (health, health_service) = tonic_health::server::health_reporter();
        for service in &services {
            health.set_service_status(service, ServingStatus::Serving).await;
        }
        let sets: Vec<&[u8]> = contracts.iter().map(|contract| contract.descriptor_set).collect();
        mesh.metrics().know(sets.iter().copied());
        let reflection = Reflection::of(&sets, &services);
        let router = router
            .add_service(health_service)
            .add_service(reflection.clone().v1())
            .add_service(reflection.v1alpha());

        let listener = listen(&mesh).await?;
        let address = listener.local_addr().map(|address| address.to_string());
        let address = address.unwrap_or_else(|_| mesh.config().listen.to_string());
        let face = ServerFace { services, contracts };
        mesh.announce(address.clone(), &face, EndpointState::Ready);
        tracing::info!(address, services = ?face.services, "ready");

        let draining = async {
            mesh.shutdown().cancelled().await;
            tracing::info!("draining");
            mesh.announce(address.clone(), &face, EndpointState::Draining);
            for service in face.services.iter().map(String::as_str).chain([""]) {
                health.set_service_status(service, ServingStatus::NotServing).await;
            }
        };
        let (served, ()) =
            tokio::join!(server::serve(listener, mesh.parts().clone(), router), draining);
        mesh.leave().await;
        tracing::info!("left the mesh");
        served
    }
}

//! Talks with nodes: one stream each, differences only, the latest state only.
//!
//! *Holds*: at most one change waits to be sent to a node; what happens meanwhile is merged
//! into the next. A node announces itself and nobody else: its names come from its
//! certificate.

mod session;

use std::pin::Pin;
use std::sync::Arc;

use contracts::treaty::control::v1::discovery_service_server as grpc;
use contracts::treaty::control::v1::{SyncRequest, SyncResponse};
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};
use treaty_mesh::server::Peer;

use crate::config::Config;
use crate::state::State;
use session::Session;

/// The service `treaty.control.v1.DiscoveryService`.
pub(crate) struct DiscoveryService {
    state: Arc<State>,
    places: Arc<Semaphore>,
    max_selectors: usize,
    shutdown: CancellationToken,
}

impl DiscoveryService {
    pub(crate) fn new(state: Arc<State>, config: &Config, shutdown: CancellationToken) -> Self {
        Self {
            state,
            places: Arc::new(Semaphore::new(config.max_nodes)),
            max_selectors: config.max_selectors,
            shutdown,
        }
    }
}

#[tonic::async_trait]
impl grpc::DiscoveryService for DiscoveryService {
    type SyncStream = Pin<Box<dyn Stream<Item = Result<SyncResponse, Status>> + Send>>;

    async fn sync(
        &self,
        request: Request<Streaming<SyncRequest>>,
    ) -> Result<Response<Self::SyncStream>, Status> {
        let id =
            request.extensions().get::<Peer>().and_then(|peer| peer.id.clone()).ok_or_else(
                || Status::unauthenticated("show a certificate of this trust domain"),
            )?;
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| Status::resource_exhausted("this control plane has all nodes it may"))?;
        // One change on its way; the next waits here until the node has taken it.
        let (changes, outgoing) = mpsc::channel(1);
        let session = Session::new(Arc::clone(&self.state), id, self.max_selectors, changes);
        let shutdown = self.shutdown.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = session.run(request.into_inner()) => {}
            }
            drop(place);
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(outgoing))))
    }
}

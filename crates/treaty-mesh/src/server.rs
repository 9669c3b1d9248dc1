//! Serves tonic services over mutual TLS to the mesh, until the node is told to end.
//!
//! *Holds*: who calls is in the request's extensions as [`Peer`]; every call passes the
//! inbound stack; on shutdown, calls in flight are finished and new ones go elsewhere.

mod edge;
mod first_bytes;
mod inbound;
mod listener;
mod router;

use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::net::TcpListener;
use treaty_core::authorize::Policy;
use treaty_core::spiffe::SpiffeId;

pub use crate::layers::Answer;
pub use edge::serve_edge;
pub use router::Router;

use crate::config::Config;
use crate::identity::Identity;
use crate::metrics::Metrics;
use crate::tasks::Tasks;

/// Who is at the other end of a connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Whom the certificate names; `None` when the caller showed none.
    pub id: Option<SpiffeId>,
    /// Where the connection comes from.
    pub address: SocketAddr,
}

/// What a listener of the mesh needs.
#[derive(Clone)]
pub struct Parts {
    /// Who we are.
    pub identity: Arc<Identity>,
    /// Who may call what.
    pub policy: Arc<ArcSwap<Policy>>,
    /// Where calls are counted.
    pub metrics: Arc<Metrics>,
    /// Named tasks, and the token that ends them.
    pub tasks: Tasks,
    /// Bounds.
    pub config: Arc<Config>,
}

/// Why a listener cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be bound.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// rustls refuses our certificate.
    #[error("cannot offer TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// Binds an address.
///
/// # Errors
/// When it is taken or not ours.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })
}

/// Serves `router` on a listener until shutdown and until its calls have ended.
///
/// # Errors
/// When our certificate cannot be offered.
pub async fn serve(listener: TcpListener, parts: Parts, router: Router) -> Result<(), ServeError> {
    let tls = parts.identity.server_config()?;
    let listener = listener::Listener::new(listener, listener::Speaks::Mesh(tls.into()), &parts);
    let stack = inbound::stack(&parts, listener.cut(), router);
    listener.run(stack).await;
    Ok(())
}

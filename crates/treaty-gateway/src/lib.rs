//! The edge: one address in front of all services of a domain.
//!
//! *Does not* decode, reshape or combine calls, and owns no data. — *Holds*: what no
//! route names cannot be reached; it is not ready before it has routes; plaintext is for
//! loopback alone. — *Source*: gRPC over
//! HTTP/2; gRPC health checking and server reflection protocols.

mod certificate;
mod config;
mod exposure;
mod forward;
mod health;

use std::net::SocketAddr;
use std::sync::Arc;

use contracts::treaty::control::v1::EndpointState;
use tokio::net::TcpListener;
use treaty_mesh::reflection::Reflection;
use treaty_mesh::server::{self, Router};
use treaty_mesh::{Mesh, ServerFace};

pub use config::{Config, ConfigError};
use exposure::Exposure;

/// Why the gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The configuration asks for something unsafe.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// Control gave no certificate for the edge.
    #[error("control gave no certificate for the edge; is this workload granted DNS names?")]
    NoCertificate,
    /// The edge certificate cannot be used.
    #[error("the edge certificate cannot be used: {0}")]
    Tls(#[from] rustls::Error),
}

/// A gateway that listens but does not answer yet.
pub struct Gateway {
    mesh: Mesh,
    tls: TcpListener,
    plaintext: Option<TcpListener>,
}

impl Gateway {
    /// Opens the listeners.
    ///
    /// # Errors
    /// When an address is taken, or plaintext is asked for on another than loopback.
    pub async fn bind(mesh: Mesh, config: &Config) -> Result<Self, GatewayError> {
        config.check()?;
        let tls = bind(config.tls).await?;
        let plaintext = match config.plaintext {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        Ok(Self { mesh, tls, plaintext })
    }

    /// Where TLS is spoken.
    pub fn tls_address(&self) -> Option<SocketAddr> {
        self.tls.local_addr().ok()
    }

    /// Where plaintext is spoken.
    pub fn plaintext_address(&self) -> Option<SocketAddr> {
        self.plaintext.as_ref()?.local_addr().ok()
    }

    /// Answers until the node is told to end, then drains and leaves the mesh.
    ///
    /// # Errors
    /// When TLS cannot be offered.
    pub async fn serve(self) -> Result<(), GatewayError> {
        let Self { mesh, tls, plaintext } = self;
        let certificate = mesh.edge_certificate().ok_or(GatewayError::NoCertificate)?;
        let tls_config = certificate::server_config(&mesh, certificate)?;
        let reflection = Reflection::default();
        let exposure = Arc::new(Exposure::new(mesh.clone(), reflection.clone()));
        mesh.spawn("exposure", Arc::clone(&exposure).follow());

        let own = Router::default()
            .add_service(health::service(Arc::clone(&exposure)))
            .add_service(reflection.clone().v1())
            .add_service(reflection.v1alpha());
        let forward = forward::Forward::new(mesh.clone(), Arc::clone(&exposure), own);

        let address = tls.local_addr().map(|address| address.to_string()).unwrap_or_default();
        let face = ServerFace::default();
        let gateway = mesh.id().workload();
        tracing::info!("waiting for a GRPCRoute whose parentRefs name `{gateway}`");
        let announced = async {
            tokio::select! {
                () = exposure.routed() => {}
                () = mesh.shutdown().cancelled() => return,
            }
            mesh.announce(address.clone(), &face, EndpointState::Ready);
            tracing::info!(address, "ready");
            mesh.shutdown().cancelled().await;
            mesh.announce(address.clone(), &face, EndpointState::Draining);
        };
        let over_tls =
            server::serve_edge(tls, Some(tls_config), mesh.parts().clone(), forward.clone());
        let over_plaintext = async {
            if let Some(listener) = plaintext {
                server::serve_edge(listener, None, mesh.parts().clone(), forward).await;
            }
        };
        tokio::join!(over_tls, over_plaintext, announced);
        mesh.leave().await;
        Ok(())
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, GatewayError> {
    TcpListener::bind(address).await.map_err(|source| GatewayError::Bind { address, source })
}

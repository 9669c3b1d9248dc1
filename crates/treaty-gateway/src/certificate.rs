//! TLS at the edge: a certificate for DNS names, renewed while connections go on.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{Error, ServerConfig};
use tokio::sync::watch;
use treaty_mesh::{Material, Mesh};

/// Shows the certificate that is in use at the moment of the handshake.
#[derive(Debug)]
struct Current(Arc<ArcSwap<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// TLS 1.3 with the edge certificate, and with each that follows.
pub(crate) fn server_config(
    mesh: &Mesh,
    mut certificate: watch::Receiver<Arc<Material>>,
) -> Result<Arc<ServerConfig>, Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let first = key(&provider, &certificate.borrow_and_update())?;
    let current = Arc::new(ArcSwap::from_pointee(first));
    let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Current(Arc::clone(&current))));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];

    let shutdown = mesh.shutdown().clone();
    mesh.spawn("edge certificate", async move {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                changed = certificate.changed() => if changed.is_err() { return },
            }
            match key(&provider, &certificate.borrow_and_update()) {
                Ok(key) => current.store(Arc::new(key)),
                Err(error) => tracing::error!(%error, "keeping the old edge certificate"),
            }
        }
    });
    Ok(Arc::new(config))
}

fn key(provider: &CryptoProvider, material: &Material) -> Result<CertifiedKey, Error> {
    let key = provider.key_provider.load_private_key(material.key.clone_key())?;
    let certified = CertifiedKey::new(material.chain.clone(), key);
    certified.keys_match()?;
    Ok(certified)
}

//! Builds the TLS configurations of the mesh: TLS 1.3 only, HTTP/2 only.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{ClientConfig, Error, RootCertStore, ServerConfig, SignatureScheme};
use treaty_core::spiffe::SpiffeId;

use super::verify::{AnyWorkload, ServerIs};

/// Shows the certificate that is in use at the moment of the handshake.
#[derive(Debug)]
struct CurrentKey(Arc<ArcSwap<CertifiedKey>>);

impl ResolvesServerCert for CurrentKey {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl ResolvesClientCert for CurrentKey {
    fn resolve(&self, _roots: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

pub(super) fn server_config(
    provider: &Arc<CryptoProvider>,
    key: &Arc<ArcSwap<CertifiedKey>>,
    roots: &Arc<ArcSwap<RootCertStore>>,
    trust_domain: &str,
) -> Result<Arc<ServerConfig>, Error> {
    let callers = AnyWorkload {
        trust_domain: trust_domain.to_owned(),
        roots: Arc::clone(roots),
        provider: Arc::clone(provider),
    };
    let mut config = ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(callers))
        .with_cert_resolver(Arc::new(CurrentKey(Arc::clone(key))));
    config.alpn_protocols = vec![b"h2".to_vec()];
    // A resumed session would skip the check of the caller's certificate.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

pub(super) fn client_config(
    provider: &Arc<CryptoProvider>,
    key: Option<&Arc<ArcSwap<CertifiedKey>>>,
    roots: &Arc<ArcSwap<RootCertStore>>,
    peer: &SpiffeId,
) -> Result<Arc<ClientConfig>, Error> {
    let server =
        ServerIs { peer: peer.clone(), roots: Arc::clone(roots), provider: Arc::clone(provider) };
    let builder = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(server));
    let mut config = match key {
        Some(key) => builder.with_client_cert_resolver(Arc::new(CurrentKey(Arc::clone(key)))),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Arc::new(config))
}

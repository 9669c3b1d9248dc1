//! Holds who this node is and whom it trusts, and gives rustls both.
//!
//! *Does not* sign or renew: see `renew`. — *Holds*: the private key never leaves the
//! process and never reaches a log; a new certificate takes effect for new connections
//! and drops none. — *Source*: SPIFFE X.509-SVID.

mod renew;
mod san;
mod tls;
mod verify;

use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use treaty_core::spiffe::SpiffeId;

pub use renew::JoinFailed;
pub(crate) use renew::{Renewal, first_certificate};
pub use san::spiffe_id_of;

/// One certificate with its key, and the roots to check others' with.
pub struct Material {
    /// Leaf first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The leaf's private key.
    pub key: PrivateKeyDer<'static>,
    /// The roots of the trust domain.
    pub roots: Vec<CertificateDer<'static>>,
    /// When the leaf ends.
    pub not_after: SystemTime,
}

/// Why key material cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMaterial {
    /// rustls refuses the key, the chain or the roots.
    #[error("the certificate cannot be used: {0}")]
    Tls(#[from] rustls::Error),
    /// There is no root.
    #[error("the trust bundle is empty")]
    NoRoots,
}

/// Who this node is; cheap to share.
pub struct Identity {
    id: SpiffeId,
    provider: Arc<CryptoProvider>,
    key: Arc<ArcSwap<CertifiedKey>>,
    roots: Arc<ArcSwap<RootCertStore>>,
    not_after: ArcSwap<SystemTime>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Identity {
    /// Takes on an identity.
    ///
    /// # Errors
    /// When the key does not fit the certificate or a root cannot be read.
    pub fn new(id: SpiffeId, material: Material) -> Result<Self, InvalidMaterial> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let roots = root_store(&material.roots)?;
        let key = certified_key(&provider, &material)?;
        Ok(Self {
            id,
            provider,
            key: Arc::new(ArcSwap::from_pointee(key)),
            roots: Arc::new(ArcSwap::from_pointee(roots)),
            not_after: ArcSwap::from_pointee(material.not_after),
        })
    }

    /// Replaces certificate, key and roots for all connections from now on.
    ///
    /// # Errors
    /// As [`Identity::new`]; the old ones stay in use then.
    pub fn replace(&self, material: &Material) -> Result<(), InvalidMaterial> {
        let roots = root_store(&material.roots)?;
        let key = certified_key(&self.provider, material)?;
        self.roots.store(Arc::new(roots));
        self.key.store(Arc::new(key));
        self.not_after.store(Arc::new(material.not_after));
        Ok(())
    }

    /// Replaces the roots alone.
    ///
    /// # Errors
    /// When there is none, or one cannot be read; the old ones stay in use then.
    pub fn replace_roots(&self, roots: &[CertificateDer<'static>]) -> Result<(), InvalidMaterial> {
        self.roots.store(Arc::new(root_store(roots)?));
        Ok(())
    }

    /// The SPIFFE id.
    pub fn id(&self) -> &SpiffeId {
        &self.id
    }

    /// When the certificate in use ends.
    pub fn not_after(&self) -> SystemTime {
        **self.not_after.load()
    }

    /// TLS for a listener of the mesh: TLS 1.3, HTTP/2, our certificate; callers without a
    /// certificate get in as nobody, callers with a bad one do not get in.
    ///
    /// # Errors
    /// When rustls refuses the combination.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, rustls::Error> {
        tls::server_config(&self.provider, &self.key, &self.roots, self.id.trust_domain())
    }

    /// TLS for a connection to the workload `peer`: our certificate, and nobody else there.
    ///
    /// # Errors
    /// When rustls refuses the combination.
    pub fn client_config(&self, peer: &SpiffeId) -> Result<Arc<ClientConfig>, rustls::Error> {
        tls::client_config(&self.provider, Some(&self.key), &self.roots, peer)
    }
}

pub(crate) fn root_store(
    roots: &[CertificateDer<'static>],
) -> Result<RootCertStore, InvalidMaterial> {
    if roots.is_empty() {
        return Err(InvalidMaterial::NoRoots);
    }
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root.clone())?;
    }
    Ok(store)
}

fn certified_key(
    provider: &CryptoProvider,
    material: &Material,
) -> Result<CertifiedKey, rustls::Error> {
    let key = provider.key_provider.load_private_key(material.key.clone_key())?;
    let certified = CertifiedKey::new(material.chain.clone(), key);
    certified.keys_match()?;
    Ok(certified)
}

//! What control is told when it starts. Every bound of it is a field here.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use treaty_core::spiffe::{InvalidSpiffeId, SpiffeId};

/// How a control plane runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Such as `shop.local`.
    pub trust_domain: String,
    /// Such as `shop`.
    pub namespace: String,
    /// PEM file of the CA's certificate; made if it is missing.
    pub ca_certificate: PathBuf,
    /// PEM file of the CA's key, for the owner's eyes only; made if it is missing.
    pub ca_key: PathBuf,
    /// The join tokens' hashes and what they entitle to.
    pub tokens: PathBuf,
    /// YAML files of `RpcAuthorization` and `GRPCRoute` documents.
    pub documents: Vec<PathBuf>,
    /// How long a workload's certificate lasts.
    pub certificate_lifetime: Duration,
    /// How long an endpoint is kept when its node's stream broke.
    pub lease: Duration,
    /// After its start, control tells of nothing that is gone for this long: the nodes
    /// that it does not know yet have to come back first.
    pub settle: Duration,
    /// How often the documents are looked at for changes.
    pub watch_interval: Duration,
    /// Nodes at once.
    pub max_nodes: usize,
    /// Selectors in one subscription.
    pub max_selectors: usize,
    /// Contracts whose descriptors are kept.
    pub max_contracts: usize,
}

impl Config {
    /// A control plane with default bounds that keeps its files under `folder`.
    pub fn new(trust_domain: &str, namespace: &str, folder: &std::path::Path) -> Self {
        Self {
            trust_domain: trust_domain.to_owned(),
            namespace: namespace.to_owned(),
            ca_certificate: folder.join("ca.pem"),
            ca_key: folder.join("control/ca.key"),
            tokens: folder.join("control/tokens.json"),
            documents: Vec::new(),
            certificate_lifetime: Duration::from_secs(3600),
            lease: Duration::from_secs(2),
            settle: Duration::from_secs(3),
            watch_interval: Duration::from_secs(1),
            max_nodes: 4096,
            max_selectors: 1024,
            max_contracts: 1024,
        }
    }

    /// The identity of control itself.
    ///
    /// # Errors
    /// When trust domain or namespace are no valid names.
    pub fn id(&self) -> Result<SpiffeId, InvalidSpiffeId> {
        SpiffeId::new(&self.trust_domain, &self.namespace, "control")
    }

    /// Bounds of the listener.
    pub(crate) fn node_bounds(&self) -> Result<treaty_mesh::Config, InvalidSpiffeId> {
        let mut config = treaty_mesh::Config::new(
            self.id()?,
            String::new(),
            self.ca_certificate.clone(),
            PathBuf::new(),
        );
        config.max_connections = self.max_nodes * 2;
        config.max_streams_per_connection = 8;
        config.drain_timeout = Duration::from_secs(1);
        config.admin = SocketAddr::from(([127, 0, 0, 1], 0));
        Ok(config)
    }
}

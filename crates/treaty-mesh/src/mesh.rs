//! A node's membership: join, call others, serve, leave.

use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use contracts::treaty::control::v1::{Announce, Endpoint, EndpointState, ResourceKind};
use rustls::pki_types::CertificateDer;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use treaty_core::authorize::{Policy, Rule};
use treaty_core::spiffe::SpiffeId;

use crate::admin;
use crate::channel::Channel;
use crate::config::Config;
use crate::discovery::Discovery;
use crate::identity::{self, JoinFailed, Material, Renewal};
use crate::metrics::Metrics;
use crate::node::Server;
use crate::pool::Pool;
use crate::server::{self, Parts, ServeError};
use crate::signals;
use crate::tasks::Tasks;

/// Background work and connections may take this long to end beyond the drain timeout.
const FINISH_MARGIN: Duration = Duration::from_secs(1);

/// A node that has joined the mesh; cheap to clone.
#[derive(Clone)]
pub struct Mesh {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    discovery: Arc<Discovery>,
    pools: Mutex<HashMap<String, Arc<Pool>>>,
    edge: Option<watch::Sender<Arc<Material>>>,
    admin: admin::Admin,
}

/// Why a node could not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// Control gave no certificate.
    #[error(transparent)]
    Identity(#[from] JoinFailed),
    /// The administration listener cannot be opened.
    #[error(transparent)]
    Admin(#[from] ServeError),
}

impl Mesh {
    /// Waits for control, takes on the identity that control gives, and starts to hear of
    /// the mesh.
    ///
    /// # Errors
    /// When control refuses us, a file cannot be read, or the administration address is taken.
    pub async fn join(config: Config) -> Result<Self, JoinError> {
        let tasks = Tasks::default();
        if config.signals {
            tasks.spawn("signals", signals::watch(tasks.shutdown().clone(), config.supervised));
        }
        let joined = identity::first_certificate(&config, tasks.shutdown()).await?;
        let identity = Arc::new(joined.identity);
        let metrics = Arc::new(Metrics::default());
        metrics.know(config.uses.iter().map(|contract| contract.descriptor_set));
        let admin = admin::start(&config, Arc::clone(&metrics), &tasks).await?;
        let parts = Parts {
            identity: Arc::clone(&identity),
            policy: Arc::new(ArcSwap::from_pointee(Policy::default())),
            metrics,
            tasks: tasks.clone(),
            config: Arc::new(config),
        };
        let inner = Inner {
            parts,
            discovery: Arc::default(),
            pools: Mutex::default(),
            edge: joined.edge.map(|edge| watch::Sender::new(Arc::new(edge))),
            admin,
        };
        let mesh = Self { inner: Arc::new(inner) };
        mesh.start();
        tracing::info!(id = %identity.id(), node = mesh.node_id(), "joined the mesh");
        Ok(mesh)
    }

    /// Starts what runs for as long as the node lives.
    fn start(&self) {
        let Parts { identity, tasks, config, .. } = &self.inner.parts;
        let discovery = &self.inner.discovery;
        discovery.subscribe(ResourceKind::TrustBundle, identity.id().trust_domain());
        discovery.subscribe(ResourceKind::Authorization, identity.id().workload());
        discovery.announce(Announce { endpoint: None, uses: self.used_contracts() });
        tasks.spawn_connection(
            "control stream",
            Arc::clone(discovery).run(
                Config::clone(config),
                Arc::clone(identity),
                tasks.closed().clone(),
            ),
        );
        let edge = self.inner.edge.clone();
        let renewal = Renewal {
            config: Config::clone(config),
            identity: Arc::clone(identity),
            on_edge: Arc::new(move |material| {
                if let Some(edge) = &edge {
                    edge.send_replace(Arc::new(material));
                }
            }),
        };
        tasks.spawn_connection("certificate renewal", renewal.run(tasks.closed().clone()));
        tasks.spawn_connection("mesh state", self.clone().follow());
    }

    /// Applies every change that control sends to trust, policy and pools.
    async fn follow(self) {
        let mut changes = self.inner.discovery.cache().changes();
        // Something may have come before we began to listen.
        changes.mark_changed();
        let closed = self.inner.parts.tasks.closed().clone();
        loop {
            tokio::select! {
                () = closed.cancelled() => return,
                Ok(()) = changes.changed() => {
                    changes.mark_unchanged();
                    self.apply();
                }
            }
        }
    }

    fn apply(&self) {
        let Parts { identity, policy, .. } = &self.inner.parts;
        let cache = self.inner.discovery.cache();
        for bundle in cache.trust_bundles() {
            let roots: Vec<_> =
                bundle.roots.iter().map(|root| CertificateDer::from(root.to_vec())).collect();
            if let Err(error) = identity.replace_roots(&roots) {
                tracing::error!(%error, "control sent a trust bundle that cannot be used; keeping the old one");
            }
        }
        // No policy any more means that nothing is allowed any more.
        let authorization = cache.authorization_of(identity.id().workload()).unwrap_or_default();
        let rules: Vec<Rule> = authorization
            .rules
            .into_iter()
            .map(|rule| Rule { name: rule.name, callers: rule.callers, methods: rule.methods })
            .collect();
        match Policy::new(&rules) {
            Ok(new) => policy.store(Arc::new(new)),
            Err(error) => {
                tracing::error!(%error, "control sent a policy that cannot be used; keeping the old one");
            }
        }
        let pools = self.inner.pools.lock().unwrap_or_else(PoisonError::into_inner);
        for (workload, pool) in pools.iter() {
            pool.update(&cache.endpoints_of(workload));
        }
    }

    /// Who we are.
    pub fn id(&self) -> &SpiffeId {
        self.inner.parts.identity.id()
    }

    /// Which instance we are.
    pub fn node_id(&self) -> &str {
        &self.inner.parts.config.node_id
    }

    /// The folder for the service's own data.
    pub fn data_dir(&self) -> &Path {
        &self.inner.parts.config.data_dir
    }

    /// A channel to a workload of our namespace, by its short name.
    pub fn channel(&self, workload: &str) -> Channel {
        let Parts { identity, metrics, tasks, config, .. } = &self.inner.parts;
        let mut pools = self.inner.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = pools.entry(workload.to_owned()).or_insert_with(|| {
            self.inner.discovery.subscribe(ResourceKind::Endpoint, workload);
            let pool = Pool::new(workload, Arc::clone(config), Arc::clone(identity), tasks.clone());
            pool.update(&self.inner.discovery.cache().endpoints_of(workload));
            pool
        });
        Channel::new(Arc::clone(pool), Arc::clone(metrics))
    }

    /// What control says of the mesh.
    pub fn discovery(&self) -> &Arc<Discovery> {
        &self.inner.discovery
    }

    /// The certificate for the edge and its renewals, if one was asked for.
    pub fn edge_certificate(&self) -> Option<watch::Receiver<Arc<Material>>> {
        self.inner.edge.as_ref().map(watch::Sender::subscribe)
    }

    /// What this node counts.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.inner.parts.metrics
    }

    /// The configuration that the node joined with.
    pub fn config(&self) -> &Config {
        &self.inner.parts.config
    }

    /// Cancelled when the node is told to end: take no new work.
    pub fn shutdown(&self) -> &CancellationToken {
        self.inner.parts.tasks.shutdown()
    }

    /// Cancelled when the last call has ended, while others can still be called: for work
    /// that calls cause, such as the relay of an outbox.
    pub fn calls_done(&self) -> &CancellationToken {
        self.inner.parts.tasks.calls_done()
    }

    /// Starts a named task; it must end by itself once [`Mesh::shutdown`] or
    /// [`Mesh::calls_done`] is cancelled.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.inner.parts.tasks.spawn(name, task);
    }

    /// Begins to describe what this node serves; see [`Server::run`].
    pub fn server(&self) -> Server {
        Server::new(self.clone())
    }

    /// Tells the mesh where we are, what we serve, and whether we take calls.
    pub fn announce(&self, address: String, server: &ServerFace, state: EndpointState) {
        let endpoint = Endpoint {
            node_id: self.node_id().to_owned(),
            workload: self.id().workload().to_owned(),
            spiffe_id: self.id().to_string(),
            address,
            admin_address: self.inner.admin.address().to_string(),
            services: server.services.clone(),
            serves: server.contracts.iter().map(|c| self.inner.discovery.refer(c)).collect(),
            state: state.into(),
        };
        self.inner.admin.set_ready(state == EndpointState::Ready);
        let uses = self.used_contracts();
        self.inner.discovery.announce(Announce { endpoint: Some(endpoint), uses });
    }

    /// Ends the node: told to others, calls finished, tasks ended.
    pub async fn leave(&self) {
        let Parts { tasks, config, .. } = &self.inner.parts;
        if !tasks.finish(config.drain_timeout + FINISH_MARGIN).await {
            tracing::warn!("some tasks did not end in time");
        }
    }

    /// What a listener of this node needs.
    pub fn parts(&self) -> &Parts {
        &self.inner.parts
    }

    fn used_contracts(&self) -> Vec<contracts::treaty::control::v1::ContractRef> {
        let uses = &self.inner.parts.config.uses;
        uses.iter().map(|contract| self.inner.discovery.refer(contract)).collect()
    }
}

/// What a node offers to others.
#[derive(Debug, Clone, Default)]
pub struct ServerFace {
    /// Full names of its gRPC services.
    pub services: Vec<String>,
    /// The contracts that it serves.
    pub contracts: Vec<&'static contracts::Contract>,
}

impl std::fmt::Debug for Mesh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mesh").field("id", self.id()).finish_non_exhaustive()
    }
}

/// Binds the mesh listener of a node.
pub(crate) async fn listen(mesh: &Mesh) -> Result<tokio::net::TcpListener, ServeError> {
    server::bind(mesh.parts().config.listen).await
}

//! Desired state, certificate authority and discovery: what every node of a mesh asks.
//!
//! *Does not* carry calls: when it is gone, nodes go on with what it said last. —
//! *Holds*: what a node says of itself counts only as far as its certificate goes; a
//! configuration file that cannot be used changes nothing and is told in the log.

mod authority;
mod config;
mod discovery;
pub mod documents;
mod identity;
mod state;
mod tokens;
mod watch;

use std::sync::Arc;

use arc_swap::ArcSwap;
use contracts::treaty::control::v1::discovery_service_server::DiscoveryServiceServer;
use contracts::treaty::control::v1::identity_service_server::IdentityServiceServer;
use tokio::net::TcpListener;
use treaty_core::authorize::{Policy, Rule};
use treaty_core::spiffe::SpiffeId;
use treaty_mesh::server::{self, Parts, Router, ServeError};
use treaty_mesh::{Identity, Metrics, Tasks};

pub use authority::{Authority, AuthorityError};
pub use config::Config;
pub use documents::{Documents, Finding};
pub use tokens::{Grant, Tokens, TokensError};

/// Descriptors come in messages of this size at most.
const MAX_MESSAGE_BYTES: usize = 16 << 20;

/// Why control cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The certificate authority cannot be used.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The join tokens cannot be read.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// The configuration has findings; all of them.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Configuration(Vec<Finding>),
    /// The certificate of control itself cannot be used.
    #[error(transparent)]
    Identity(#[from] treaty_mesh::InvalidMaterial),
    /// The listener cannot serve.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The parts of the mesh's name do not make a SPIFFE id.
    #[error(transparent)]
    Id(#[from] treaty_core::spiffe::InvalidSpiffeId),
}

/// A control plane, ready to serve.
pub struct Control {
    config: Arc<Config>,
    authority: Arc<Authority>,
    identity: Arc<Identity>,
    tokens: Tokens,
    state: Arc<state::State>,
    tasks: Tasks,
}

impl Control {
    /// Loads or creates the authority, reads tokens and configuration.
    ///
    /// # Errors
    /// When a file is missing or cannot be used; nothing is served then.
    pub fn open(config: Config, tasks: Tasks) -> Result<Self, ControlError> {
        let authority = Arc::new(Authority::open(&config)?);
        let tokens = Tokens::read(&config.tokens, &config.trust_domain)?;
        let documents = Documents::read(&config.documents, &config.id()?)
            .map_err(ControlError::Configuration)?;
        let state = Arc::new(state::State::new(&config));
        state.configure(&documents, &authority);
        let id: SpiffeId = config.id()?;
        let identity = Arc::new(Identity::new(id.clone(), authority.issue_own(&id)?)?);
        Ok(Self { config: Arc::new(config), authority, identity, tokens, state, tasks })
    }

    /// Serves on a listener until shutdown.
    ///
    /// # Errors
    /// When TLS cannot be offered.
    pub async fn serve(self, listener: TcpListener) -> Result<(), ControlError> {
        let Self { config, authority, identity, tokens, state, tasks } = self;
        tasks.spawn(
            "own certificate",
            identity::keep_own_fresh(
                Arc::clone(&authority),
                Arc::clone(&identity),
                tasks.shutdown().clone(),
            ),
        );
        tasks.spawn(
            "configuration files",
            watch::follow(
                Arc::clone(&config),
                Arc::clone(&state),
                Arc::clone(&authority),
                tasks.shutdown().clone(),
            ),
        );
        tasks.spawn("leases", Arc::clone(&state).settle_and_expire(tasks.shutdown().clone()));
        let identities = identity::IdentityService::new(authority, tokens);
        let nodes = discovery::DiscoveryService::new(state, &config, tasks.shutdown().clone());
        let router =
            Router::default().add_service(IdentityServiceServer::new(identities)).add_service(
                DiscoveryServiceServer::new(nodes).max_decoding_message_size(MAX_MESSAGE_BYTES),
            );
        let parts = Parts {
            identity,
            policy: Arc::new(ArcSwap::from_pointee(own_policy())),
            metrics: Arc::new(Metrics::default()),
            tasks,
            config: Arc::new(config.node_bounds()?),
        };
        Ok(server::serve(listener, parts, router).await?)
    }
}

/// Anyone may ask for an identity, with a secret; who has one may hear of the mesh.
fn own_policy() -> Policy {
    let rule = |name: &str, caller: &str, method: &str| Rule {
        name: name.to_owned(),
        callers: vec![caller.to_owned()],
        methods: vec![method.to_owned()],
    };
    Policy::new(&[
        rule("join", "anonymous", "treaty.control.v1.IdentityService/SignCertificate"),
        rule("nodes", "*", "treaty.control.v1.DiscoveryService/Sync"),
    ])
    .expect("the rules above are well formed")
}

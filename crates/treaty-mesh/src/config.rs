//! What a node is told when it starts, from the environment or from code.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use contracts::Contract;
use treaty_core::backoff;
use treaty_core::spiffe::{InvalidSpiffeId, SpiffeId};

/// How a node joins the mesh. Every bound of the node is a field here.
#[derive(Debug, Clone)]
pub struct Config {
    /// Who the node claims to be; control decides whether it is true.
    pub id: SpiffeId,
    /// Tells instances of one workload apart; unique in the mesh.
    pub node_id: String,
    /// `host:port` of control.
    pub control: String,
    /// PEM file with the roots that control's certificate must chain to.
    pub trust_bundle: PathBuf,
    /// File that holds the secret which proves `id` to control.
    pub join_token: PathBuf,
    /// Where the mutual TLS listener binds; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the administration listener (metrics, probes) binds; loopback only.
    pub admin: SocketAddr,
    /// The folder for the service's own data.
    pub data_dir: PathBuf,
    /// Contracts that the node calls others under.
    pub uses: Vec<&'static Contract>,
    /// DNS names to ask an edge certificate for; empty for all but gateways.
    pub edge_names: Vec<String>,
    /// Whether SIGTERM, SIGINT and the end of standard input (when supervised) end the node.
    pub signals: bool,
    /// Whether a supervisor holds our standard input open for as long as it lives.
    pub supervised: bool,
    /// How long calls in flight may go on once the node is told to end.
    pub drain_timeout: Duration,
    /// How long a call waits for an endpoint when none is ready.
    pub ready_timeout: Duration,
    /// How long connecting and shaking hands may take, either way.
    pub connect_timeout: Duration,
    /// Waits between attempts to reach an endpoint or control.
    pub backoff: backoff::Config,
    /// Connections that the listener holds at once; more wait in the kernel's queue.
    pub max_connections: usize,
    /// Calls in flight per inbound connection.
    pub max_streams_per_connection: u32,
    /// Calls in flight per endpoint that we call.
    pub max_calls_per_endpoint: usize,
    /// Endpoints known per workload; more are ignored with a warning.
    pub max_endpoints: usize,
    /// Bytes of headers in one call, either way.
    pub max_header_bytes: u32,
}

/// Why the environment does not describe a node.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable is missing.
    #[error("{name} is not set; start this service with `treaty up`, or set {name} to {meaning}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What it holds.
        meaning: &'static str,
    },
    /// A variable cannot be read.
    #[error("{name}: `{value}` is not {meaning}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What was found.
        value: String,
        /// What it holds.
        meaning: &'static str,
    },
    /// `TREATY_ID` is not a SPIFFE id of ours.
    #[error("TREATY_ID: {0}")]
    Id(#[from] InvalidSpiffeId),
}

impl Config {
    /// A node with default bounds that listens on free ports of loopback.
    pub fn new(id: SpiffeId, control: String, trust_bundle: PathBuf, join_token: PathBuf) -> Self {
        let node_id = format!("{}-{:08x}", id.workload(), fastrand::u32(..));
        Self {
            id,
            node_id,
            control,
            trust_bundle,
            join_token,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            admin: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: PathBuf::from("."),
            uses: Vec::new(),
            edge_names: Vec::new(),
            signals: false,
            supervised: false,
            drain_timeout: Duration::from_secs(10),
            ready_timeout: Duration::from_secs(3),
            connect_timeout: Duration::from_secs(2),
            backoff: backoff::Config::default(),
            max_connections: 1024,
            max_streams_per_connection: 1024,
            max_calls_per_endpoint: 1024,
            max_endpoints: 256,
            max_header_bytes: 16 << 10,
        }
    }

    /// Reads `TREATY_ID`, `TREATY_CONTROL`, `TREATY_TRUST_BUNDLE`, `TREATY_JOIN_TOKEN_FILE` and,
    /// if they are set, `TREATY_NODE`, `TREATY_LISTEN`, `TREATY_ADMIN`, `TREATY_DATA_DIR`,
    /// `TREATY_DRAIN_SECONDS` and `TREATY_SUPERVISED`.
    ///
    /// # Errors
    /// When a variable is missing or cannot be read.
    pub fn from_env() -> Result<Self, ConfigError> {
        let mut config = Self::new(
            required("TREATY_ID", "the SPIFFE id of this workload")?.parse()?,
            required("TREATY_CONTROL", "host:port of the control plane")?,
            required("TREATY_TRUST_BUNDLE", "the path of the CA's PEM file")?.into(),
            required("TREATY_JOIN_TOKEN_FILE", "the path of this workload's join token")?.into(),
        );
        config.signals = true;
        if let Some(node_id) = optional("TREATY_NODE") {
            config.node_id = format!("{node_id}-{:08x}", fastrand::u32(..));
        }
        config.listen = address("TREATY_LISTEN", config.listen)?;
        config.admin = address("TREATY_ADMIN", config.admin)?;
        if !config.admin.ip().is_loopback() {
            return Err(ConfigError::Invalid {
                name: "TREATY_ADMIN",
                value: config.admin.to_string(),
                meaning: "an address of loopback; metrics are not for the outside",
            });
        }
        config.data_dir = optional("TREATY_DATA_DIR").map_or(config.data_dir, PathBuf::from);
        config.supervised = optional("TREATY_SUPERVISED").is_some_and(|value| value == "1");
        if let Some(value) = optional("TREATY_DRAIN_SECONDS") {
            let seconds = value.parse().map_err(|_| ConfigError::Invalid {
                name: "TREATY_DRAIN_SECONDS",
                value,
                meaning: "a number of seconds",
            })?;
            config.drain_timeout = Duration::from_secs(seconds);
        }
        Ok(config)
    }

    /// Adds a contract that the node calls others under.
    #[must_use]
    pub fn uses(mut self, contract: &'static Contract) -> Self {
        self.uses.push(contract);
        self
    }
}

fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn required(name: &'static str, meaning: &'static str) -> Result<String, ConfigError> {
    optional(name).ok_or(ConfigError::Missing { name, meaning })
}

fn address(name: &'static str, default: SocketAddr) -> Result<SocketAddr, ConfigError> {
    let Some(value) = optional(name) else { return Ok(default) };
    value.parse().map_err(|_| ConfigError::Invalid {
        name,
        value,
        meaning: "an address with a port",
    })
}

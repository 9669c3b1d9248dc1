//! The roles of a mesh as processes of their own: control, bus, gateway.
//!
//! *Does not* supervise: `treaty up` does, or systemd, or Kubernetes. The nodes among them
//! read who they are from the environment, like every service.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use treaty_bus::broker;
use treaty_control::Control;
use treaty_gateway::Gateway;
use treaty_mesh::{Config, Mesh, Tasks, telemetry};

/// Options of `treaty control`.
#[derive(Args)]
#[command(after_help = "Example:\n  treaty control --trust-domain shop.local --namespace shop \
    --folder .treaty --listen 127.0.0.1:7443 services/policy.yaml services/routes.yaml")]
pub(crate) struct ControlArgs {
    /// Where nodes connect
    #[arg(long, default_value = "127.0.0.1:7443")]
    listen: SocketAddr,
    /// Holds ca.pem, control/ca.key and control/tokens.json
    #[arg(long, default_value = ".treaty")]
    folder: PathBuf,
    /// The trust domain of all identities
    #[arg(long)]
    trust_domain: String,
    /// The namespace of all workloads
    #[arg(long)]
    namespace: String,
    /// How long a certificate lasts, in seconds
    #[arg(long, default_value_t = 3600)]
    certificate_seconds: u64,
    /// YAML files with RpcAuthorization and GRPCRoute documents
    documents: Vec<PathBuf>,
}

/// Runs the control plane until it is told to end.
pub(crate) async fn control(args: ControlArgs) -> anyhow::Result<()> {
    telemetry::init();
    let mut config = treaty_control::Config::new(&args.trust_domain, &args.namespace, &args.folder);
    config.documents = args.documents;
    config.certificate_lifetime = std::time::Duration::from_secs(args.certificate_seconds);
    let tasks = Tasks::default();
    treaty_mesh::end_on_signals(&tasks);
    let control = Control::open(config, tasks.clone())?;
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on {}", args.listen))?;
    tracing::info!(address = %args.listen, "ready");
    control.serve(listener).await?;
    tasks.finish(std::time::Duration::from_secs(2)).await;
    Ok(())
}

/// Options of `treaty bus`.
#[derive(Args)]
#[command(after_help = "Example:\n  treaty bus --file .treaty/data/bus/bus.db\n\n\
    Reads TREATY_ID, TREATY_CONTROL, TREATY_TRUST_BUNDLE and TREATY_JOIN_TOKEN_FILE.")]
pub(crate) struct BusArgs {
    /// The SQLite file of the log; by default bus.db in TREATY_DATA_DIR
    #[arg(long)]
    file: Option<PathBuf>,
}

/// Runs the bus until it is told to end.
pub(crate) async fn bus(args: BusArgs) -> anyhow::Result<()> {
    telemetry::init();
    let mesh = Mesh::join(Config::from_env()?).await?;
    let file = args.file.unwrap_or_else(|| mesh.data_dir().join("bus.db"));
    serve_bus(mesh, file).await
}

async fn serve_bus(mesh: Mesh, file: PathBuf) -> anyhow::Result<()> {
    let broker = broker::Broker::open(broker::Config::new(&file))
        .await
        .with_context(|| format!("cannot open the log {}", file.display()))?;
    let serve = mesh.server().serves(&contracts::TREATY_BUS).add_service(broker.server()).run();
    let shutdown = mesh.shutdown().clone();
    let run = async {
        let ended = broker.run(shutdown.clone()).await;
        shutdown.cancel();
        ended
    };
    let (served, ended) = tokio::join!(serve, run);
    served?;
    ended.context("the bus ended by itself")
}

/// Options of `treaty gateway`.
#[derive(Args)]
#[command(
    after_help = "Example:\n  treaty gateway --tls 127.0.0.1:8443 --plaintext 127.0.0.1:8080\n\n\
    Reads TREATY_ID, TREATY_CONTROL, TREATY_TRUST_BUNDLE and TREATY_JOIN_TOKEN_FILE."
)]
pub(crate) struct GatewayArgs {
    /// Where TLS is spoken
    #[arg(long, default_value = "127.0.0.1:8443")]
    tls: SocketAddr,
    /// Where plaintext HTTP/2 is spoken, on loopback only; left out: nowhere
    #[arg(long)]
    plaintext: Option<SocketAddr>,
    /// A DNS name or address for the certificate; may be repeated
    #[arg(long = "name", default_values = ["localhost", "127.0.0.1"])]
    names: Vec<String>,
}

/// Runs the gateway until it is told to end.
pub(crate) async fn gateway(args: GatewayArgs) -> anyhow::Result<()> {
    telemetry::init();
    let mut config = Config::from_env()?;
    config.edge_names = args.names;
    let mesh = Mesh::join(config).await?;
    let config = treaty_gateway::Config { tls: args.tls, plaintext: args.plaintext };
    Gateway::bind(mesh, &config).await?.serve().await?;
    Ok(())
}

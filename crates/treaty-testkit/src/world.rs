//! A whole mesh in one process: control, bus and gateway, real sockets, real TLS.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use contracts::treaty::control::v1::{EndpointState, ResourceKind};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use treaty_bus::broker;
use treaty_control::{Control, Grant};
use treaty_core::spiffe::SpiffeId;
use treaty_gateway::Gateway;
use treaty_mesh::{Config, Mesh, Tasks};

use crate::plain::Plain;

/// A mesh that a test runs in its own process.
pub struct World {
    folder: TempDir,
    control_address: SocketAddr,
    control: Option<(Tasks, JoinHandle<anyhow::Result<()>>)>,
    documents: Vec<PathBuf>,
    certificate_lifetime: Duration,
    gateway: SocketAddr,
    running: Vec<Instance>,
}

/// A service that a test runs.
pub struct Instance {
    mesh: Mesh,
    task: JoinHandle<anyhow::Result<()>>,
}

/// How long an instance is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longer than any test.
const CERTIFICATE_LIFETIME: Duration = Duration::from_secs(3600);
const TRUST_DOMAIN: &str = "test.local";
const NAMESPACE: &str = "shop";

impl World {
    /// Starts control, bus and gateway with configuration documents; `workloads` may join
    /// beside them.
    ///
    /// # Errors
    /// When one of them does not start.
    pub async fn start(documents: &[&Path], workloads: &[&str]) -> anyhow::Result<Self> {
        Self::start_with(documents, workloads, CERTIFICATE_LIFETIME).await
    }

    /// As [`World::start`], with certificates that last so long.
    ///
    /// # Errors
    /// When one of them does not start.
    pub async fn start_with(
        documents: &[&Path],
        workloads: &[&str],
        certificate_lifetime: Duration,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut grants = Vec::new();
        std::fs::create_dir_all(folder.path().join("control"))?;
        for workload in ["bus", "gateway"].iter().chain(workloads) {
            let token = format!("token of {workload}");
            std::fs::write(folder.path().join(format!("{workload}.token")), &token)?;
            std::fs::create_dir_all(folder.path().join(workload))?;
            let names = match *workload {
                "gateway" => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
                _ => Vec::new(),
            };
            grants.push(Grant::new(&token, &id(workload)?, names));
        }
        let tokens = serde_json::to_string(&grants)?;
        std::fs::write(folder.path().join("control/tokens.json"), tokens)?;

        // Copies, so that a test may change them.
        let mut copies = Vec::new();
        for (index, document) in documents.iter().enumerate() {
            let copy = folder.path().join(format!("{index}.yaml"));
            std::fs::copy(document, &copy)?;
            copies.push(copy);
        }
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let control_address = listener.local_addr()?;
        let mut world = Self {
            folder,
            control_address,
            control: None,
            documents: copies,
            certificate_lifetime,
            gateway: control_address,
            running: Vec::new(),
        };
        world.serve_control(listener)?;
        let bus = world.start_bus().await?;
        world.running.push(bus);
        let gateway = world.start_gateway().await?;
        world.running.push(gateway);
        Ok(world)
    }

    fn serve_control(&mut self, listener: TcpListener) -> anyhow::Result<()> {
        let mut config = treaty_control::Config::new(TRUST_DOMAIN, NAMESPACE, self.folder.path());
        config.documents.clone_from(&self.documents);
        config.certificate_lifetime = self.certificate_lifetime;
        config.settle = Duration::from_millis(500);
        config.lease = Duration::from_millis(500);
        config.watch_interval = Duration::from_millis(50);
        let tasks = Tasks::default();
        let control = Control::open(config, tasks.clone())?;
        let task = tokio::spawn(async move { Ok(control.serve(listener).await?) });
        self.control = Some((tasks, task));
        Ok(())
    }

    /// Ends control; everything else goes on.
    ///
    /// # Errors
    /// When control failed before.
    pub async fn stop_control(&mut self) -> anyhow::Result<()> {
        if let Some((tasks, task)) = self.control.take() {
            tasks.finish(Duration::from_secs(5)).await;
            finish(task).await?;
        }
        Ok(())
    }

    /// Starts control again, at its old address.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_control(&mut self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(self.control_address).await?;
        self.serve_control(listener)
    }

    async fn start_bus(&self) -> anyhow::Result<Instance> {
        self.launch("bus", |mesh| async move {
            let file = mesh.data_dir().join("bus.db");
            let broker = broker::Broker::open(broker::Config::new(file)).await?;
            let serve =
                mesh.server().serves(&contracts::TREATY_BUS).add_service(broker.server()).run();
            let (served, ended) = tokio::join!(serve, broker.run(mesh.shutdown().clone()));
            served?;
            Ok(ended?)
        })
        .await
    }

    async fn start_gateway(&mut self) -> anyhow::Result<Instance> {
        let mut config = self.config("gateway")?;
        config.edge_names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mesh = Mesh::join(config).await?;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listen = treaty_gateway::Config { tls: any, plaintext: Some(any) };
        let gateway = Gateway::bind(mesh.clone(), &listen).await?;
        self.gateway = gateway.plaintext_address().context("no plaintext listener")?;
        let task = tokio::spawn(async move { Ok(gateway.serve().await?) });
        Ok(Instance { mesh, task })
    }

    /// How a workload joins this world.
    ///
    /// # Errors
    /// When the name is none.
    pub fn config(&self, workload: &str) -> anyhow::Result<Config> {
        let folder = self.folder.path();
        let mut config = Config::new(
            id(workload)?,
            self.control_address.to_string(),
            folder.join("ca.pem"),
            folder.join(format!("{workload}.token")),
        );
        config.data_dir = folder.join(workload);
        config.backoff.initial = Duration::from_millis(20);
        Ok(config)
    }

    /// Joins as a workload that only calls.
    ///
    /// # Errors
    /// When control refuses it.
    pub async fn join(&self, workload: &str) -> anyhow::Result<Mesh> {
        Ok(Mesh::join(self.config(workload)?).await?)
    }

    /// Starts one more instance of a service; see [`World::wait_for`].
    ///
    /// # Errors
    /// When it does not start.
    pub async fn launch<F, R>(&self, workload: &str, run: F) -> anyhow::Result<Instance>
    where
        F: FnOnce(Mesh) -> R,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let mesh = self.join(workload).await?;
        let task = tokio::spawn(run(mesh.clone()));
        Ok(Instance { mesh, task })
    }

    /// Waits until the gateway is ready and can call this many endpoints of each workload.
    ///
    /// # Errors
    /// When there is no gateway, or they are not there within half a minute.
    pub async fn wait_for(&self, workloads: &BTreeMap<&str, usize>) -> anyhow::Result<()> {
        let gateway = self.gateway_mesh()?;
        let discovery = gateway.discovery();
        discovery.subscribe(ResourceKind::Endpoint, gateway.id().workload());
        let mut changes = discovery.cache().changes();
        let is_ready = || {
            let endpoints = discovery.cache().endpoints_of(gateway.id().workload());
            endpoints.iter().any(|endpoint| endpoint.state() == EndpointState::Ready)
        };
        let ready = async { while !is_ready() && changes.changed().await.is_ok() {} };
        tokio::time::timeout(PATIENCE, ready).await.context("the gateway is not ready")?;
        for (workload, count) in workloads {
            let channel = gateway.channel(workload);
            tokio::time::timeout(PATIENCE, channel.wait_for_endpoints(*count))
                .await
                .with_context(|| format!("{workload} has no {count} endpoints"))?;
        }
        Ok(())
    }

    /// Where the instances of a workload listen, as the gateway knows it.
    ///
    /// # Errors
    /// When there is no gateway, or an address is none.
    pub fn addresses_of(&self, workload: &str) -> anyhow::Result<Vec<SocketAddr>> {
        let endpoints = self.gateway_mesh()?.discovery().cache().endpoints_of(workload);
        Ok(endpoints.iter().map(|endpoint| endpoint.address.parse()).collect::<Result<_, _>>()?)
    }

    fn gateway_mesh(&self) -> anyhow::Result<&Mesh> {
        self.running
            .iter()
            .map(|instance| &instance.mesh)
            .find(|mesh| mesh.id().workload() == "gateway")
            .context("this world has no gateway")
    }

    /// A connection to the gateway, as a caller from outside has it.
    ///
    /// # Errors
    /// When the gateway does not answer.
    pub async fn outside(&self) -> anyhow::Result<Plain> {
        Plain::connect(self.gateway).await
    }

    /// Writes other documents over the ones that control reads, and so changes them in force.
    ///
    /// # Errors
    /// When there is no document of that index, or it cannot be written.
    pub fn rewrite_document(&mut self, index: usize, text: &str) -> anyhow::Result<()> {
        let path = self.documents.get(index).context("no such document")?;
        Ok(std::fs::write(path, text)?)
    }

    /// The folder of the world.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where control listens.
    pub fn control_address(&self) -> SocketAddr {
        self.control_address
    }

    /// Ends everything that the world started itself, the last first.
    ///
    /// # Errors
    /// The first that had failed.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        while let Some(instance) = self.running.pop() {
            instance.stop().await?;
        }
        self.stop_control().await
    }
}

impl Instance {
    /// The node.
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// Tells the instance to end, as SIGTERM would, and waits until it has drained.
    ///
    /// # Errors
    /// What the service ended with.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.mesh.shutdown().cancel();
        finish(self.task).await
    }
}

fn id(workload: &str) -> anyhow::Result<SpiffeId> {
    Ok(SpiffeId::new(TRUST_DOMAIN, NAMESPACE, workload)?)
}

/// Waits for a task and tells its outcome.
async fn finish(task: JoinHandle<anyhow::Result<()>>) -> anyhow::Result<()> {
    task.await.context("a task of the world panicked")?
}

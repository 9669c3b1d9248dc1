//! What runs in a mesh: `mesh.yaml`, read strictly.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use treaty_control::Documents;
use treaty_core::spiffe::SpiffeId;

/// Names that the mesh itself uses.
const RESERVED: [&str; 4] = ["control", "bus", "gateway", "operator"];
/// Instances of one service on one machine.
const MAX_INSTANCES: usize = 64;

/// A mesh on one machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Plan {
    /// The trust domain of all identities, such as `shop.local`.
    pub(super) trust_domain: String,
    /// The namespace of all workloads, such as `shop`.
    pub(super) namespace: String,
    /// Files with `RpcAuthorization` and `GRPCRoute` documents, relative to this one.
    pub(super) configuration: Vec<PathBuf>,
    /// The edge.
    pub(super) gateway: Gateway,
    /// What runs.
    pub(super) services: Vec<Service>,
    /// Commands to show once everything is ready.
    #[serde(default)]
    pub(super) examples: Vec<String>,
}

/// Where the gateway listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Gateway {
    /// TLS.
    pub(super) tls: SocketAddr,
    /// Plaintext, on loopback only.
    #[serde(default)]
    pub(super) plaintext: Option<SocketAddr>,
    /// Names for its certificate.
    pub(super) names: Vec<String>,
}

/// One service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Service {
    /// The workload's name.
    pub(super) name: String,
    /// The program: beside `treaty`, or in PATH; by default named like the service.
    #[serde(default)]
    pub(super) run: Option<PathBuf>,
    /// How many of it.
    #[serde(default = "one")]
    pub(super) instances: usize,
}

fn one() -> usize {
    1
}

impl Plan {
    /// Reads and checks a file and the configuration that it names.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| {
            format!("cannot read {shown}; run this in the project's folder, or name it with --file")
        })?;
        let mut plan: Self = serde_saphyr::from_str(&text).map_err(|error| {
            let place = error.location().map_or(String::new(), |at| format!(":{}", at.line()));
            anyhow::anyhow!("{shown}{place}: {}", error.without_snippet())
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for file in &mut plan.configuration {
            *file = folder.join(&*file);
        }
        plan.check().with_context(|| shown.to_string())?;
        Ok(plan)
    }

    fn check(&self) -> anyhow::Result<()> {
        let control = self.id("control")?;
        let mut names = BTreeSet::new();
        for service in &self.services {
            let name = service.name.as_str();
            self.id(name)?;
            if RESERVED.contains(&name) {
                bail!("`{name}` is a name of the mesh itself; give the service another");
            }
            if !names.insert(name) {
                bail!("service `{name}` is listed twice; use `instances` for more of it");
            }
            if !(1..=MAX_INSTANCES).contains(&service.instances) {
                bail!("service `{name}`: instances must be 1 to {MAX_INSTANCES}");
            }
        }
        let documents = Documents::read(&self.configuration, &control).map_err(|findings| {
            let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("the configuration cannot be used:\n  {}", lines.join("\n  "))
        })?;
        let known = |name: &str| names.contains(name) || RESERVED.contains(&name);
        for route in documents.routes.iter().flat_map(|route| &route.rules) {
            if !known(&route.workload) {
                bail!(
                    "a GRPCRoute sends {} to `{}`, which is no service here",
                    route.service,
                    route.workload
                );
            }
        }
        for authorization in &documents.authorizations {
            if !known(&authorization.workload) {
                bail!(
                    "an RpcAuthorization is for `{}`, which is no service here",
                    authorization.workload
                );
            }
        }
        Ok(())
    }

    /// Takes addresses from the command line in place of the file's, and checks them.
    pub(super) fn listen_on(
        &mut self,
        tls: Option<SocketAddr>,
        plaintext: Option<SocketAddr>,
    ) -> anyhow::Result<()> {
        self.gateway.tls = tls.unwrap_or(self.gateway.tls);
        self.gateway.plaintext = plaintext.or(self.gateway.plaintext);
        let (tls, plaintext) = (self.gateway.tls, self.gateway.plaintext);
        Ok(treaty_gateway::Config { tls, plaintext }.check()?)
    }

    /// The identity of a workload of this mesh.
    pub(super) fn id(&self, workload: &str) -> anyhow::Result<SpiffeId> {
        Ok(SpiffeId::new(&self.trust_domain, &self.namespace, workload)?)
    }

    /// Every workload that needs a join token: services, and all of the mesh but control.
    pub(super) fn workloads(&self) -> Vec<&str> {
        let services = self.services.iter().map(|service| service.name.as_str());
        ["bus", "gateway", "operator"].into_iter().chain(services).collect()
    }
}

//! What the gateway shows and where it sends it, as control says it.
//!
//! *Holds*: routes, schema and health follow control; when something cannot be used, the
//! last good one stays. Of several versions of a contract the highest is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arc_swap::ArcSwap;
use contracts::treaty::control::v1::{ContractDescriptors, EndpointState, ResourceKind};
use treaty_core::route::{RouteTable, Rule};
use treaty_mesh::Mesh;
use treaty_mesh::reflection::{Reflection, Schema};

/// What is exposed now.
pub(crate) struct Exposure {
    mesh: Mesh,
    routes: ArcSwap<RouteTable>,
    reflection: Reflection,
}

impl Exposure {
    pub(crate) fn new(mesh: Mesh, reflection: Reflection) -> Self {
        let discovery = mesh.discovery();
        discovery.subscribe(ResourceKind::Route, mesh.id().workload());
        discovery.subscribe_all(ResourceKind::Contract);
        Self { mesh, routes: ArcSwap::default(), reflection }
    }

    /// Where calls go.
    pub(crate) fn routes(&self) -> Arc<RouteTable> {
        self.routes.load_full()
    }

    /// The mesh that the gateway is part of.
    pub(crate) fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// Whether everything that answers for a service takes calls; `None` for a service that
    /// is not exposed.
    pub(crate) fn is_serving(&self, service: &str) -> Option<bool> {
        let routes = self.routes.load();
        let workloads = routes.workloads_of(service);
        if workloads.is_empty() {
            return None;
        }
        let cache = self.mesh.discovery().cache();
        Some(workloads.iter().all(|workload| {
            let endpoints = cache.endpoints_of(workload);
            endpoints.iter().any(|endpoint| endpoint.state() == EndpointState::Ready)
        }))
    }

    /// Follows control until the node is told to end.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut changes = self.mesh.discovery().cache().changes();
        let shutdown = self.mesh.shutdown().clone();
        loop {
            self.update_routes();
            self.update_schema();
            tokio::select! {
                () = shutdown.cancelled() => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    fn update_routes(&self) {
        let own = self.mesh.id().workload();
        let routes = self.mesh.discovery().cache().routes();
        let rules: Vec<Rule> = routes
            .into_iter()
            .filter(|route| route.gateway == own)
            .flat_map(|route| route.rules)
            .map(|rule| Rule {
                service: rule.service,
                method: Some(rule.method).filter(|method| !method.is_empty()),
                workload: rule.workload,
            })
            .collect();
        match RouteTable::new(&rules) {
            Ok(table) => {
                // A channel is what makes the node hear of a workload's endpoints.
                for workload in table.workloads() {
                    self.mesh.channel(workload);
                }
                self.routes.store(Arc::new(table));
            }
            Err(error) => tracing::error!(%error, "keeping the old routes"),
        }
    }

    fn update_schema(&self) {
        let routes = self.routes.load();
        let mut services: Vec<String> = routes.services().into_iter().map(str::to_owned).collect();
        let contracts = self.shown_contracts();
        let mut sets: Vec<&[u8]> =
            contracts.iter().map(|contract| &*contract.file_descriptor_set).collect();
        self.mesh.metrics().know(sets.iter().copied());
        // So that a caller can read the details of an error.
        sets.push(tonic_types::pb::FILE_DESCRIPTOR_SET);
        sets.push(tonic_health::pb::FILE_DESCRIPTOR_SET);
        sets.push(tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET);
        sets.push(tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET);
        services.extend(OWN_SERVICES.map(str::to_owned));
        match Schema::new(&sets, &services) {
            Ok(schema) => self.reflection.replace(schema),
            Err(error) => tracing::error!(%error, "keeping the old schema"),
        }
    }

    /// Of each contract the highest version; of equals, one that is served now.
    fn shown_contracts(&self) -> Vec<ContractDescriptors> {
        let cache = self.mesh.discovery().cache();
        let served: BTreeSet<String> = cache
            .endpoints()
            .into_iter()
            .flat_map(|endpoint| endpoint.serves)
            .map(|contract| contract.digest)
            .collect();
        let mut shown: BTreeMap<String, (Rank, ContractDescriptors)> = BTreeMap::new();
        for contract in cache.contracts() {
            let Some(reference) = contract.contract.clone() else { continue };
            let rank = (version(&reference.version), served.contains(&reference.digest));
            match shown.get(&reference.name) {
                Some((known, _)) if *known >= rank => {}
                _ => {
                    shown.insert(reference.name, (rank, contract));
                }
            }
        }
        shown.into_values().map(|(_, contract)| contract).collect()
    }
}

/// What the gateway answers itself.
const OWN_SERVICES: [&str; 3] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

type Rank = ([u64; 3], bool);

fn version(text: &str) -> [u64; 3] {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap_or_default());
    std::array::from_fn(|_| numbers.next().unwrap_or_default())
}

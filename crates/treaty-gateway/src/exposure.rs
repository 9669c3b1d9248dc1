//! What the gateway shows and where it sends it, as control says it.
//!
//! *Holds*: routes, schema and health follow control; when something cannot be used, the
//! last good one stays. Of several versions of a contract the highest that runs is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use contracts::treaty::control::v1::{ContractDescriptors, EndpointState, ResourceKind};
use tokio::sync::watch;
use treaty_core::route::{RouteTable, Rule};
use treaty_mesh::Mesh;
use treaty_mesh::reflection::{Reflection, Schema};

/// What is exposed now.
pub(crate) struct Exposure {
    mesh: Mesh,
    routes: ArcSwap<RouteTable>,
    routed: watch::Sender<bool>,
    shown: Mutex<BTreeMap<String, ContractDescriptors>>,
    reflection: Reflection,
    updates: watch::Sender<u64>,
}

impl Exposure {
    pub(crate) fn new(mesh: Mesh, reflection: Reflection) -> Self {
        let discovery = mesh.discovery();
        discovery.subscribe(ResourceKind::Route, mesh.id().workload());
        discovery.subscribe_all(ResourceKind::Contract);
        Self {
            mesh,
            routes: ArcSwap::default(),
            routed: watch::Sender::new(false),
            shown: Mutex::default(),
            reflection,
            updates: watch::Sender::new(0),
        }
    }

    /// Tells of every change in what is exposed or in who answers, once it is in force here.
    pub(crate) fn updates(&self) -> watch::Receiver<u64> {
        self.updates.subscribe()
    }

    /// Whether control has said what to expose; it stays so when nothing is exposed later.
    pub(crate) fn is_routed(&self) -> bool {
        *self.routed.borrow()
    }

    /// Waits until control has said what to expose.
    pub(crate) async fn routed(&self) {
        // The sender lives as long as this.
        let _ = self.routed.subscribe().wait_for(|routed| *routed).await;
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
            self.updates.send_modify(|update| *update += 1);
            tokio::select! {
                () = shutdown.cancelled() => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    fn update_routes(&self) {
        let own = self.mesh.id().workload();
        let mut routes = self.mesh.discovery().cache().routes();
        routes.retain(|route| route.gateway == own);
        let is_told = !routes.is_empty();
        let rules: Vec<Rule> = routes
            .into_iter()
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
                if is_told {
                    self.routed.send_if_modified(|routed| !std::mem::replace(routed, true));
                }
            }
            Err(error) => tracing::error!(%error, "keeping the old routes"),
        }
    }

    fn update_schema(&self) {
        let routes = self.routes.load();
        let mut services: Vec<String> = routes.services().into_iter().map(str::to_owned).collect();
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, contract) in self.served_contracts(&routes) {
            shown.insert(name, contract);
        }
        let contracts: Vec<&[u8]> =
            shown.values().map(|contract| &*contract.file_descriptor_set).collect();
        self.mesh.metrics().know(contracts.iter().copied());
        let helpers = [
            // So that a caller can read the details of an error.
            tonic_types::pb::FILE_DESCRIPTOR_SET,
            tonic_health::pb::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
        ];
        services.extend(OWN_SERVICES.map(str::to_owned));
        let (schema, conflicts) = Schema::exposing(&contracts, &helpers, &services);
        for conflict in conflicts {
            tracing::error!(%conflict, "reflection shows the first");
        }
        self.reflection.replace(schema);
    }

    /// Of each contract that an instance behind a route serves now, the highest version. A
    /// node's word on what it serves counts for the workloads that are routed to, and no
    /// other; a contract whose last instance is away stays as it was.
    fn served_contracts(&self, routes: &RouteTable) -> BTreeMap<String, ContractDescriptors> {
        let cache = self.mesh.discovery().cache();
        let routed = routes.workloads();
        let served: BTreeSet<String> = cache
            .endpoints()
            .into_iter()
            .filter(|endpoint| routed.contains(&endpoint.workload.as_str()))
            .flat_map(|endpoint| endpoint.serves)
            .map(|contract| contract.digest)
            .collect();
        let mut highest: BTreeMap<String, ([u64; 3], ContractDescriptors)> = BTreeMap::new();
        for contract in cache.contracts() {
            let Some(reference) = contract.contract.clone() else { continue };
            let version = version(&reference.version);
            let known = highest.get(&reference.name).map(|(version, _)| *version);
            if served.contains(&reference.digest) && known.is_none_or(|known| known < version) {
                highest.insert(reference.name, (version, contract));
            }
        }
        highest.into_iter().map(|(name, (_, contract))| (name, contract)).collect()
    }
}

/// What the gateway answers itself.
const OWN_SERVICES: [&str; 3] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

fn version(text: &str) -> [u64; 3] {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap_or_default());
    std::array::from_fn(|_| numbers.next().unwrap_or_default())
}

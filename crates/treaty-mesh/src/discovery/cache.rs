//! The resources that control sent, by kind and name.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use contracts::treaty::control::v1::resource::Resource as Content;
use contracts::treaty::control::v1::{
    Authorization, ContractDescriptors, Endpoint, Resource, ResourceKind, ResourceName, Route,
    SyncResponse, TrustBundle,
};
use tokio::sync::watch;

/// What control said last.
#[derive(Debug)]
pub struct Cache {
    resources: Mutex<BTreeMap<(i32, String), Resource>>,
    changes: watch::Sender<u64>,
}

impl Default for Cache {
    fn default() -> Self {
        Self { resources: Mutex::default(), changes: watch::Sender::new(0) }
    }
}

impl Cache {
    /// Tells of every change from now on; the value only grows.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The endpoints of a workload.
    pub fn endpoints_of(&self, workload: &str) -> Vec<Endpoint> {
        let mut endpoints = self.endpoints();
        endpoints.retain(|endpoint| endpoint.workload == workload);
        endpoints
    }

    /// All endpoints that this node was told of.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        self.of_kind(ResourceKind::Endpoint, |content| match content {
            Content::Endpoint(endpoint) => Some(endpoint.clone()),
            _ => None,
        })
    }

    /// Who may call a workload, if control has said so.
    pub fn authorization_of(&self, workload: &str) -> Option<Authorization> {
        let all = self.of_kind(ResourceKind::Authorization, |content| match content {
            Content::Authorization(authorization) => Some(authorization.clone()),
            _ => None,
        });
        all.into_iter().find(|authorization| authorization.workload == workload)
    }

    /// What gateways expose.
    pub fn routes(&self) -> Vec<Route> {
        self.of_kind(ResourceKind::Route, |content| match content {
            Content::Route(route) => Some(route.clone()),
            _ => None,
        })
    }

    /// Whom to trust.
    pub fn trust_bundles(&self) -> Vec<TrustBundle> {
        self.of_kind(ResourceKind::TrustBundle, |content| match content {
            Content::TrustBundle(bundle) => Some(bundle.clone()),
            _ => None,
        })
    }

    /// The descriptors of contracts.
    pub fn contracts(&self) -> Vec<ContractDescriptors> {
        self.of_kind(ResourceKind::Contract, |content| match content {
            Content::Contract(contract) => Some(contract.clone()),
            _ => None,
        })
    }

    /// Name and version of everything that is known of a kind.
    pub(super) fn versions(&self, kind: i32) -> HashMap<String, String> {
        let resources = self.resources();
        resources
            .range((kind, String::new())..(kind + 1, String::new()))
            .map(|((_, name), resource)| (name.clone(), resource.version.clone()))
            .collect()
    }

    /// Applies one change as a whole.
    pub(super) fn apply(&self, change: SyncResponse) {
        let mut resources = self.resources();
        for ResourceName { kind, name } in change.removed {
            resources.remove(&(kind, name));
        }
        for resource in change.resources {
            if let Some(kind) = kind_of(&resource) {
                resources.insert((kind.into(), resource.name.clone()), resource);
            }
        }
        drop(resources);
        self.changes.send_modify(|change| *change += 1);
    }

    fn of_kind<T>(&self, kind: ResourceKind, pick: impl Fn(&Content) -> Option<T>) -> Vec<T> {
        let kind: i32 = kind.into();
        let resources = self.resources();
        resources
            .range((kind, String::new())..(kind + 1, String::new()))
            .filter_map(|(_, resource)| pick(resource.resource.as_ref()?))
            .collect()
    }

    fn resources(&self) -> MutexGuard<'_, BTreeMap<(i32, String), Resource>> {
        self.resources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn kind_of(resource: &Resource) -> Option<ResourceKind> {
    Some(match resource.resource.as_ref()? {
        Content::Endpoint(_) => ResourceKind::Endpoint,
        Content::Authorization(_) => ResourceKind::Authorization,
        Content::Route(_) => ResourceKind::Route,
        Content::TrustBundle(_) => ResourceKind::TrustBundle,
        Content::Contract(_) => ResourceKind::Contract,
    })
}

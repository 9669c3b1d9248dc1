//! Everything that nodes can be told, and who still stands for it.
//!
//! *Holds*: a resource's version follows from its content, so that a node that comes back
//! after a restart of control is sent differences only; an endpoint lives as long as its
//! node's stream, and a lease longer.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contracts::treaty::control::v1::resource::Resource as Content;
use contracts::treaty::control::v1::{
    ContractDescriptors, Endpoint, EndpointState, Resource, ResourceKind, TrustBundle,
};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::authority::Authority;
use crate::config::Config;
use crate::documents::Documents;

/// How often leases are looked at.
const LEASE_TICK: Duration = Duration::from_millis(100);

/// The state of a mesh as control knows it.
pub(crate) struct State {
    table: Mutex<Table>,
    changes: watch::Sender<u64>,
    started: Instant,
    trust_domain: String,
    lease: Duration,
    settle: Duration,
    max_contracts: usize,
}

#[derive(Default)]
struct Table {
    resources: BTreeMap<Key, Arc<Entry>>,
    owners: HashMap<String, Owner>,
    last_session: u64,
}

type Key = (i32, String);

/// A resource and what selects it.
pub(crate) struct Entry {
    pub(crate) selector: String,
    pub(crate) resource: Resource,
}

/// Which session stands for an endpoint.
struct Owner {
    session: u64,
    /// When its stream broke, if it did.
    lost: Option<Instant>,
}

impl State {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            table: Mutex::default(),
            changes: watch::Sender::new(0),
            started: Instant::now(),
            trust_domain: config.trust_domain.clone(),
            lease: config.lease,
            settle: config.settle,
            max_contracts: config.max_contracts,
        }
    }

    /// Tells of every change from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Whether nodes that were there before control started had time to come back.
    pub(crate) fn is_settled(&self) -> bool {
        self.started.elapsed() >= self.settle
    }

    /// Takes on the configuration, in place of an earlier one.
    pub(crate) fn configure(&self, documents: &Documents, authority: &Authority) {
        let configured =
            [ResourceKind::Authorization, ResourceKind::Route, ResourceKind::TrustBundle];
        let mut table = self.table();
        table.resources.retain(|(kind, _), _| !configured.iter().any(|c| i32::from(*c) == *kind));
        for authorization in &documents.authorizations {
            let name = authorization.workload.clone();
            table.put(&name.clone(), name, Content::Authorization(authorization.clone()));
        }
        for route in &documents.routes {
            let name = route.gateway.clone();
            table.put(&name.clone(), name, Content::Route(route.clone()));
        }
        let bundle = TrustBundle {
            trust_domain: self.trust_domain.clone(),
            roots: vec![authority.root().to_vec().into()],
        };
        table.put(&self.trust_domain, self.trust_domain.clone(), Content::TrustBundle(bundle));
        drop(table);
        self.changed();
    }

    /// A new stream: its number.
    pub(crate) fn open_session(&self) -> u64 {
        let mut table = self.table();
        table.last_session += 1;
        table.last_session
    }

    /// A node stands for an endpoint, in place of what it stood for before.
    pub(crate) fn announce(&self, session: u64, endpoint: Endpoint) {
        let name = format!("{}/{}", endpoint.workload, endpoint.node_id);
        let mut table = self.table();
        if table.owners.get(&name).is_some_and(|owner| owner.session > session) {
            // A word from a stream that a newer one has replaced.
            return;
        }
        table.owners.insert(name.clone(), Owner { session, lost: None });
        let selector = endpoint.workload.clone();
        let changed = table.put(&name, selector, Content::Endpoint(endpoint));
        drop(table);
        if changed {
            self.changed();
        }
    }

    /// A node does not stand for an endpoint any more.
    pub(crate) fn withdraw(&self, session: u64) {
        let mut table = self.table();
        let Table { resources, owners, .. } = &mut *table;
        let before = owners.len();
        owners.retain(|name, owner| {
            let own = owner.session == session;
            if own {
                resources.remove(&endpoint_key(name));
            }
            !own
        });
        let changed = owners.len() != before;
        drop(table);
        if changed {
            self.changed();
        }
    }

    /// A stream has ended: what drained is gone, the rest has its lease.
    pub(crate) fn close_session(&self, session: u64) {
        let now = Instant::now();
        let mut table = self.table();
        let Table { resources, owners, .. } = &mut *table;
        owners.retain(|name, owner| {
            if owner.session != session {
                return true;
            }
            let key = endpoint_key(name);
            if resources.get(&key).is_some_and(|entry| entry.is_draining()) {
                resources.remove(&key);
                return false;
            }
            owner.lost = Some(now);
            true
        });
        drop(table);
        self.changed();
    }

    /// Keeps the descriptors of a contract.
    pub(crate) fn keep_contract(&self, contract: ContractDescriptors) {
        let Some(digest) = contract.contract.as_ref().map(|c| c.digest.clone()) else { return };
        let mut table = self.table();
        if table.contracts() >= self.max_contracts {
            table.forget_unserved_contracts();
        }
        if table.contracts() >= self.max_contracts {
            tracing::warn!(digest, max = self.max_contracts, "no room for another contract");
            return;
        }
        let changed = table.put(&digest.clone(), digest, Content::Contract(contract));
        drop(table);
        if changed {
            self.changed();
        }
    }

    /// Those of the digests whose descriptors are not known here.
    pub(crate) fn unknown_contracts<'a>(
        &self,
        digests: impl Iterator<Item = &'a str>,
    ) -> BTreeSet<String> {
        let table = self.table();
        let kind = i32::from(ResourceKind::Contract);
        digests
            .filter(|digest| !table.resources.contains_key(&(kind, (*digest).to_owned())))
            .map(str::to_owned)
            .collect()
    }

    /// The resources of a kind that `selects` selects.
    pub(crate) fn select(
        &self,
        kind: ResourceKind,
        selects: impl Fn(&str) -> bool,
    ) -> Vec<Arc<Entry>> {
        let table = self.table();
        let entries = table.resources.range(range_of(kind)).map(|(_, entry)| entry);
        entries.filter(|entry| selects(&entry.selector)).map(Arc::clone).collect()
    }

    /// Ends leases, and tells everyone once control has settled.
    pub(crate) async fn settle_and_expire(self: Arc<Self>, shutdown: CancellationToken) {
        let mut settled = false;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LEASE_TICK) => {}
            }
            let expired = self.expire();
            if expired || (!settled && self.is_settled()) {
                settled = self.is_settled();
                self.changed();
            }
        }
    }

    fn expire(&self) -> bool {
        let mut table = self.table();
        let Table { resources, owners, .. } = &mut *table;
        let before = owners.len();
        owners.retain(|name, owner| {
            let over = owner.lost.is_some_and(|lost| lost.elapsed() >= self.lease);
            if over {
                tracing::info!(endpoint = name, "its node is gone and its lease is over");
                resources.remove(&endpoint_key(name));
            }
            !over
        });
        owners.len() != before
    }

    fn changed(&self) {
        self.changes.send_modify(|change| *change += 1);
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn contracts(&self) -> usize {
        self.resources.range(range_of(ResourceKind::Contract)).count()
    }

    /// Drops the descriptors that no endpoint serves now.
    fn forget_unserved_contracts(&mut self) {
        let served: BTreeSet<String> = self
            .resources
            .values()
            .filter_map(|entry| match &entry.resource.resource {
                Some(Content::Endpoint(endpoint)) => Some(&endpoint.serves),
                _ => None,
            })
            .flatten()
            .map(|contract| contract.digest.clone())
            .collect();
        let kind = i32::from(ResourceKind::Contract);
        self.resources.retain(|(found, name), _| *found != kind || served.contains(name));
    }

    /// Inserts a resource; tells whether that changed anything.
    fn put(&mut self, name: &str, selector: String, content: Content) -> bool {
        let kind = match &content {
            Content::Endpoint(_) => ResourceKind::Endpoint,
            Content::Authorization(_) => ResourceKind::Authorization,
            Content::Route(_) => ResourceKind::Route,
            Content::TrustBundle(_) => ResourceKind::TrustBundle,
            Content::Contract(_) => ResourceKind::Contract,
        };
        let mut resource =
            Resource { name: name.to_owned(), version: String::new(), resource: Some(content) };
        let hash = Sha256::digest(resource.encode_to_vec());
        resource.version = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let key = (i32::from(kind), name.to_owned());
        let same = self
            .resources
            .get(&key)
            .is_some_and(|known| known.resource.version == resource.version);
        if !same {
            self.resources.insert(key, Arc::new(Entry { selector, resource }));
        }
        !same
    }
}

impl Entry {
    fn is_draining(&self) -> bool {
        matches!(&self.resource.resource, Some(Content::Endpoint(endpoint))
            if endpoint.state == i32::from(EndpointState::Draining))
    }
}

fn endpoint_key(name: &str) -> Key {
    (ResourceKind::Endpoint.into(), name.to_owned())
}

fn range_of(kind: ResourceKind) -> std::ops::Range<Key> {
    let kind = i32::from(kind);
    (kind, String::new())..(kind + 1, String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        State::new(&Config::new("shop.local", "shop", std::path::Path::new("/nowhere")))
    }

    fn endpoint(node: &str, state: EndpointState) -> Endpoint {
        Endpoint {
            workload: "catalog".to_owned(),
            node_id: node.to_owned(),
            state: state.into(),
            ..Endpoint::default()
        }
    }

    fn known(state: &State) -> usize {
        state.select(ResourceKind::Endpoint, |selector| selector == "catalog").len()
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_endpoint_has_its_lease_and_may_come_back() {
        let state = state();
        let first = state.open_session();
        state.announce(first, endpoint("a", EndpointState::Ready));
        state.close_session(first);
        assert!(!state.expire());
        assert_eq!(known(&state), 1, "within the lease");

        let second = state.open_session();
        state.announce(second, endpoint("a", EndpointState::Ready));
        tokio::time::advance(state.lease * 2).await;
        assert!(!state.expire(), "it came back");
        state.close_session(first);
        tokio::time::advance(state.lease * 2).await;
        assert!(!state.expire(), "the end of an old stream says nothing of the new one");
        state.close_session(second);
        tokio::time::advance(state.lease * 2).await;
        assert!(state.expire());
        assert_eq!(known(&state), 0);
    }

    #[tokio::test]
    async fn a_drained_endpoint_is_gone_with_its_stream() {
        let state = state();
        let session = state.open_session();
        state.announce(session, endpoint("a", EndpointState::Ready));
        state.announce(session, endpoint("a", EndpointState::Draining));
        assert_eq!(known(&state), 1);
        state.close_session(session);
        assert_eq!(known(&state), 0);
    }

    #[tokio::test]
    async fn versions_follow_from_content_alone() {
        let version = |state: &State| {
            let session = state.open_session();
            state.announce(session, endpoint("a", EndpointState::Ready));
            state.select(ResourceKind::Endpoint, |_| true)[0].resource.version.clone()
        };
        assert_eq!(version(&state()), version(&state()));
    }
}

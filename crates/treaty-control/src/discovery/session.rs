//! One node's stream, from hello to its end.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use contracts::treaty::control::v1::sync_request::Message;
use contracts::treaty::control::v1::{
    Announce, ContractDescriptors, Hello, ResourceKind, ResourceName, Subscribe, SyncRequest,
    SyncResponse,
};
use prost::Message as _;
use tokio::sync::mpsc;
use tonic::{Code, Status, Streaming};
use treaty_core::spiffe::SpiffeId;

use crate::state::State;

/// The longest name of an instance, in bytes.
const MAX_NODE_ID: usize = 128;
/// The longest announcement: services and contracts of one instance.
const MAX_ANNOUNCE_BYTES: usize = 64 << 10;

pub(super) struct Session {
    state: Arc<State>,
    number: u64,
    id: SpiffeId,
    node_id: String,
    max_selectors: usize,
    outgoing: mpsc::Sender<Result<SyncResponse, Status>>,
    subscriptions: BTreeMap<i32, Subscription>,
    /// Digests whose descriptors the node was asked for.
    wanted_contracts: BTreeSet<String>,
    nonce: u64,
}

/// What a node wants of a kind, and what it holds.
struct Subscription {
    kind: ResourceKind,
    all: bool,
    selectors: HashSet<String>,
    /// Name → version.
    held: HashMap<String, String>,
}

impl Session {
    pub(super) fn new(
        state: Arc<State>,
        id: SpiffeId,
        max_selectors: usize,
        outgoing: mpsc::Sender<Result<SyncResponse, Status>>,
    ) -> Self {
        let number = state.open_session();
        Self {
            state,
            number,
            id,
            node_id: String::new(),
            max_selectors,
            outgoing,
            subscriptions: BTreeMap::new(),
            wanted_contracts: BTreeSet::new(),
            nonce: 0,
        }
    }

    /// Talks until the node goes, or says something that it may not.
    pub(super) async fn run(mut self, mut incoming: Streaming<SyncRequest>) {
        let mut changes = self.state.changes();
        loop {
            let told = tokio::select! {
                message = incoming.message() => match message {
                    Ok(Some(SyncRequest { message: Some(message) })) => self.hear(message).await,
                    Ok(Some(SyncRequest { message: None })) => Ok(()),
                    Ok(None) | Err(_) => break,
                },
                Ok(()) = changes.changed() => self.push(Vec::new(), false).await,
            };
            if let Err(status) = told {
                // A node that has gone is no trouble; its end is logged below.
                if status.code() != Code::Cancelled {
                    let reason = status.message();
                    tracing::warn!(id = %self.id, node = self.node_id, reason, "ended a node's stream");
                }
                let _ = self.outgoing.send(Err(status)).await;
                break;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Status> {
        if self.node_id.is_empty() && !matches!(message, Message::Hello(_)) {
            return Err(Status::failed_precondition("say hello first"));
        }
        match message {
            Message::Hello(hello) => self.greet(hello),
            Message::Subscribe(subscribe) => {
                self.subscribe(subscribe)?;
                self.push(Vec::new(), true).await
            }
            Message::Announce(announce) => self.announce(announce).await,
            Message::Contract(contract) => {
                self.keep_contract(contract);
                Ok(())
            }
            Message::Ack(ack) => {
                if !ack.error.is_empty() {
                    tracing::warn!(
                        node = self.node_id,
                        error = ack.error,
                        "a node refused a change"
                    );
                }
                Ok(())
            }
        }
    }

    fn greet(&mut self, hello: Hello) -> Result<(), Status> {
        if !(1..=MAX_NODE_ID).contains(&hello.node_id.len()) {
            return Err(Status::invalid_argument("node_id must have 1 to 128 bytes"));
        }
        if !self.node_id.is_empty() {
            return Err(Status::failed_precondition("hello was said already"));
        }
        tracing::info!(id = %self.id, node = hello.node_id, software = hello.software, "a node is here");
        self.node_id = hello.node_id;
        Ok(())
    }

    fn subscribe(&mut self, subscribe: Subscribe) -> Result<(), Status> {
        let kind = subscribe.kind();
        if kind == ResourceKind::Unspecified {
            return Err(Status::invalid_argument("subscribe.kind is not known here"));
        }
        if subscribe.selectors.len() > self.max_selectors {
            let message = format!("more than {} selectors", self.max_selectors);
            return Err(Status::resource_exhausted(message));
        }
        let own = self.id.workload();
        let others = subscribe.all || subscribe.selectors.iter().any(|selector| selector != own);
        if kind == ResourceKind::Authorization && others {
            return Err(Status::permission_denied("a node may ask for its own policy only"));
        }
        let held = match self.subscriptions.remove(&subscribe.kind) {
            Some(earlier) => earlier.held,
            None => subscribe.known_versions,
        };
        let selectors = subscribe.selectors.into_iter().collect();
        let all = subscribe.all;
        self.subscriptions.insert(kind.into(), Subscription { kind, all, selectors, held });
        Ok(())
    }

    async fn announce(&mut self, announce: Announce) -> Result<(), Status> {
        let serves = announce.endpoint.as_ref().map_or(&[][..], |endpoint| &endpoint.serves);
        let digests = serves.iter().chain(&announce.uses).map(|contract| contract.digest.as_str());
        let wanted = self.state.unknown_contracts(digests);
        self.wanted_contracts.clone_from(&wanted);
        if announce.encoded_len() > MAX_ANNOUNCE_BYTES {
            return Err(Status::resource_exhausted("announce: more than 64 KiB"));
        }
        if announce.endpoint.is_none() {
            self.state.withdraw(self.number);
        }
        if let Some(mut endpoint) = announce.endpoint {
            endpoint.node_id.clone_from(&self.node_id);
            endpoint.workload = self.id.workload().to_owned();
            endpoint.spiffe_id = self.id.to_string();
            self.state.announce(self.number, endpoint);
        }
        self.push(wanted.into_iter().collect(), false).await
    }

    /// Keeps the descriptors that were asked for, and no others.
    fn keep_contract(&mut self, contract: ContractDescriptors) {
        let digest = contract.contract.as_ref().map(|contract| contract.digest.as_str());
        if digest.is_some_and(|digest| self.wanted_contracts.remove(digest)) {
            self.state.keep_contract(contract);
        } else {
            // A node that announces twice before it is answered is asked twice, too.
            tracing::debug!(node = self.node_id, digest, "not asked for, or not any more");
        }
    }

    /// Sends what differs between what the node holds and what it should hold.
    async fn push(
        &mut self,
        wanted_contracts: Vec<String>,
        even_if_empty: bool,
    ) -> Result<(), Status> {
        let mut change = SyncResponse { wanted_contracts, ..SyncResponse::default() };
        let settled = self.state.is_settled();
        for subscription in self.subscriptions.values_mut() {
            subscription.bring_up_to_date(&self.state, settled, &mut change);
        }
        let empty = change.resources.is_empty()
            && change.removed.is_empty()
            && change.wanted_contracts.is_empty();
        if empty && !even_if_empty {
            return Ok(());
        }
        self.nonce += 1;
        change.nonce = self.nonce.to_string();
        self.outgoing.send(Ok(change)).await.map_err(|_| Status::cancelled("the node is gone"))
    }
}

impl Subscription {
    fn bring_up_to_date(&mut self, state: &State, settled: bool, change: &mut SyncResponse) {
        let selected =
            state.select(self.kind, |selector| self.all || self.selectors.contains(selector));
        let mut gone: HashSet<String> = self.held.keys().cloned().collect();
        for entry in selected {
            let (name, version) = (&entry.resource.name, &entry.resource.version);
            gone.remove(name);
            if self.held.get(name) != Some(version) {
                self.held.insert(name.clone(), version.clone());
                change.resources.push(entry.resource.clone());
            }
        }
        if settled {
            for name in gone {
                self.held.remove(&name);
                change.removed.push(ResourceName { kind: self.kind.into(), name });
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.state.close_session(self.number);
        tracing::info!(id = %self.id, node = self.node_id, "a node is gone");
    }
}

//! Knows what control says of the mesh, and tells control what this node offers.
//!
//! *Holds*: what control said last stays true for this node until control says otherwise;
//! when control is gone, nothing is forgotten. — *Does not* act on what it knows: pools,
//! policy and gateway watch it.

mod cache;
mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contracts::Contract;
use contracts::treaty::control::v1::{Announce, ContractRef, ResourceKind};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use cache::Cache;

use crate::config::Config;
use crate::identity::Identity;

/// The longest wait between attempts to reach control.
const MAX_RECONNECT_WAIT: Duration = Duration::from_millis(500);

/// This node's side of the stream to control.
#[derive(Debug)]
pub struct Discovery {
    cache: Cache,
    wanted: watch::Sender<Wanted>,
    contracts: Mutex<BTreeMap<&'static str, &'static Contract>>,
}

/// What control should hear from this node.
#[derive(Debug, Clone, Default, PartialEq)]
struct Wanted {
    selections: BTreeMap<i32, Selection>,
    announce: Option<Announce>,
}

/// Which resources of one kind the node wants.
#[derive(Debug, Clone, Default, PartialEq)]
struct Selection {
    all: bool,
    selectors: BTreeSet<String>,
}

impl Default for Discovery {
    fn default() -> Self {
        Self {
            cache: Cache::default(),
            wanted: watch::Sender::new(Wanted::default()),
            contracts: Mutex::default(),
        }
    }
}

impl Discovery {
    /// What control said last.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Asks for the resources of a kind that `selector` selects, from now on.
    pub fn subscribe(&self, kind: ResourceKind, selector: &str) {
        self.wanted.send_if_modified(|wanted| {
            let selection = wanted.selections.entry(kind.into()).or_default();
            !selection.all && selection.selectors.insert(selector.to_owned())
        });
    }

    /// Asks for all resources of a kind, from now on.
    pub fn subscribe_all(&self, kind: ResourceKind) {
        self.wanted.send_if_modified(|wanted| {
            let selection = wanted.selections.entry(kind.into()).or_default();
            !std::mem::replace(&mut selection.all, true)
        });
    }

    /// Asks for exactly the resources of a kind that `selectors` select.
    pub fn select(&self, kind: ResourceKind, selectors: BTreeSet<String>) {
        let selection = Selection { all: false, selectors };
        self.wanted.send_if_modified(|wanted| {
            wanted.selections.insert(kind.into(), selection.clone()).as_ref() != Some(&selection)
        });
    }

    /// Tells control what this node offers; replaces what it told before.
    pub fn announce(&self, announce: Announce) {
        self.wanted.send_if_modified(|wanted| {
            let new = Some(announce);
            let changed = wanted.announce != new;
            wanted.announce = new;
            changed
        });
    }

    /// Makes a contract's descriptors available to control, and returns how to refer to it.
    pub fn refer(&self, contract: &'static Contract) -> ContractRef {
        self.contracts().insert(contract.digest, contract);
        ContractRef {
            name: contract.name.to_owned(),
            version: contract.version.to_owned(),
            digest: contract.digest.to_owned(),
        }
    }

    /// Keeps the stream to control open until `closed`.
    pub(crate) async fn run(
        self: Arc<Self>,
        config: Config,
        identity: Arc<Identity>,
        closed: CancellationToken,
    ) {
        // A control plane that has just started waits for nodes to come back for longer than
        // this (`settle`), before it tells anyone that others are gone.
        let mut backoff = config.backoff;
        backoff.max = backoff.max.min(MAX_RECONNECT_WAIT);
        let mut failures = 0;
        loop {
            let session = session::run(&self, &config, &identity);
            let ended = tokio::select! {
                () = closed.cancelled() => return,
                ended = session => ended,
            };
            failures = if ended.was_open { 1 } else { failures + 1 };
            let wait = backoff.wait(failures, fastrand::u64(..));
            let reason = &ended.reason;
            if failures == 1 {
                tracing::warn!(%reason, "control is gone; going on with what it said last");
            } else {
                tracing::debug!(%reason, ?wait, "control is still gone");
            }
            tokio::select! {
                () = closed.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn contracts(&self) -> MutexGuard<'_, BTreeMap<&'static str, &'static Contract>> {
        self.contracts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

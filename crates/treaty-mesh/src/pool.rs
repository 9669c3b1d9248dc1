//! The endpoints of one workload, each connected, and the pick of one for a call.
//!
//! *Does not* retry a call that an endpoint may have seen. — *Holds*: an endpoint that
//! drains or is not connected is not picked; a call waits for one no longer than it may.

mod endpoint;
mod loan;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use contracts::treaty::control::v1::{Endpoint as Known, EndpointState};
use http::{Request, Response};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use treaty_core::pick::least_of_two;
use treaty_core::status::Cause;

use crate::config::Config;
use crate::identity::Identity;
use crate::status::refuse;
use crate::tasks::Tasks;
use endpoint::{Endpoint, Sent};

/// The endpoints of one workload.
pub(crate) struct Pool {
    workload: String,
    config: Arc<Config>,
    identity: Arc<Identity>,
    tasks: Tasks,
    epoch: Instant,
    members: Mutex<HashMap<String, Member>>,
    ready: watch::Sender<Arc<[Arc<Endpoint>]>>,
}

struct Member {
    endpoint: Arc<Endpoint>,
    removed: CancellationToken,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.removed.cancel();
    }
}

impl Pool {
    pub(crate) fn new(
        workload: &str,
        config: Arc<Config>,
        identity: Arc<Identity>,
        tasks: Tasks,
    ) -> Arc<Self> {
        Arc::new(Self {
            workload: workload.to_owned(),
            config,
            identity,
            tasks,
            epoch: Instant::now(),
            members: Mutex::default(),
            ready: watch::Sender::new(Arc::from([])),
        })
    }

    /// Takes on what control knows of the workload's endpoints.
    pub(crate) fn update(self: &Arc<Self>, known: &[Known]) {
        if known.len() > self.config.max_endpoints {
            tracing::warn!(
                workload = self.workload,
                known = known.len(),
                max = self.config.max_endpoints,
                "more endpoints than this node may hold; the rest is left out"
            );
        }
        let known: HashMap<&str, &Known> = known
            .iter()
            .take(self.config.max_endpoints)
            .map(|endpoint| (endpoint.node_id.as_str(), endpoint))
            .collect();
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        members.retain(|node_id, member| {
            known.get(node_id.as_str()).is_some_and(|known| member.endpoint.is(known))
        });
        for (node_id, known) in known {
            let draining = known.state == i32::from(EndpointState::Draining);
            if let Some(member) = members.get(node_id) {
                member.endpoint.set_draining(draining);
            } else if let Some(member) = self.admit(known) {
                member.endpoint.set_draining(draining);
                members.insert(node_id.to_owned(), member);
            }
        }
        drop(members);
        self.refresh();
    }

    fn admit(self: &Arc<Self>, known: &Known) -> Option<Member> {
        let id = match known.spiffe_id.parse() {
            Ok(id) => id,
            Err(error) => {
                tracing::warn!(workload = self.workload, %error, "an endpoint without an identity");
                return None;
            }
        };
        let endpoint = Arc::new(Endpoint::new(known, id, self.epoch.elapsed()));
        let removed = CancellationToken::new();
        let pool: Weak<Self> = Arc::downgrade(self);
        self.tasks.spawn_connection(
            "endpoint connection",
            Arc::clone(&endpoint).keep_connected(endpoint::Keeping {
                config: Arc::clone(&self.config),
                identity: Arc::clone(&self.identity),
                removed: removed.clone(),
                closed: self.tasks.closed().clone(),
                changed: Box::new(move || {
                    if let Some(pool) = pool.upgrade() {
                        pool.refresh();
                    }
                }),
            }),
        );
        Some(Member { endpoint, removed })
    }

    /// Looks again which endpoints take calls.
    fn refresh(&self) {
        let members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        let ready = members
            .values()
            .filter(|member| member.endpoint.takes_calls())
            .map(|member| Arc::clone(&member.endpoint))
            .collect();
        self.ready.send_replace(ready);
    }

    /// How many endpoints take calls now.
    pub(crate) fn ready_endpoints(&self) -> usize {
        self.ready.borrow().len()
    }

    /// Tells of every change in which endpoints take calls.
    pub(crate) fn readiness(&self) -> watch::Receiver<Arc<[Arc<Endpoint>]>> {
        self.ready.subscribe()
    }

    /// Sends one call to one endpoint, and to another only if the first saw nothing of its
    /// messages.
    pub(crate) async fn call(&self, mut request: Request<Body>) -> Response<Body> {
        crate::transport::absolute(&mut request);
        let give_up = Instant::now() + self.config.ready_timeout;
        loop {
            let endpoint = match self.pick(give_up).await {
                Ok(endpoint) => endpoint,
                Err(refusal) => return refusal,
            };
            match endpoint.send(request, self.epoch).await {
                Sent::Answered(response) => return response,
                Sent::Lost(error) => {
                    let workload = &self.workload;
                    tracing::info!(workload, node = endpoint.node_id(), %error, "a call was lost");
                    let message = format!("the connection to {workload} broke: {error}");
                    return refuse(Cause::ConnectionLost, &message);
                }
                Sent::Not(_) if Instant::now() >= give_up => {
                    return refuse(Cause::NoEndpoint, &self.nobody());
                }
                Sent::Not(unsent) => {
                    request = unsent;
                    self.refresh();
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    async fn pick(&self, give_up: Instant) -> Result<Arc<Endpoint>, Response<Body>> {
        let mut ready = self.ready.subscribe();
        loop {
            let candidates = Arc::clone(&ready.borrow_and_update());
            let now = self.epoch.elapsed();
            let open: Vec<&Arc<Endpoint>> = candidates
                .iter()
                .filter(|endpoint| endpoint.in_flight() < self.config.max_calls_per_endpoint)
                .collect();
            let picked = least_of_two(open.len(), fastrand::u64(..), |i| open[i].load(now));
            if let Some(endpoint) = picked.map(|i| Arc::clone(open[i])) {
                return Ok(endpoint);
            }
            if !candidates.is_empty() {
                let message = format!("every endpoint of {} is at its limit", self.workload);
                return Err(refuse(Cause::NoEndpoint, &message));
            }
            if !matches!(tokio::time::timeout_at(give_up, ready.changed()).await, Ok(Ok(()))) {
                return Err(refuse(Cause::NoEndpoint, &self.nobody()));
            }
        }
    }

    fn nobody(&self) -> String {
        let workload = &self.workload;
        let waited: Duration = self.config.ready_timeout;
        match self.members.lock().unwrap_or_else(PoisonError::into_inner).len() {
            0 => format!("no endpoint of {workload} is known (waited {waited:?})"),
            n => format!("none of the {n} endpoints of {workload} takes calls (waited {waited:?})"),
        }
    }
}

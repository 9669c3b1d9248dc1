//! Lets a call in only when a rule allows its caller the method; on the server side, always.
//!
//! *Holds*: without a policy nothing is allowed; every refusal is logged with its reason.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use arc_swap::ArcSwap;
use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};
use treaty_core::authorize::{Decision, Policy};
use treaty_core::method::MethodPath;
use treaty_core::spiffe::SpiffeId;
use treaty_core::status::Cause;

use super::{Answer, Answering, answer};
use crate::server::Peer;
use crate::status::refuse;

/// Wraps a service in [`Authorize`].
#[derive(Debug, Clone)]
pub(crate) struct AuthorizeLayer {
    policy: Arc<ArcSwap<Policy>>,
}

impl AuthorizeLayer {
    pub(crate) fn new(policy: Arc<ArcSwap<Policy>>) -> Self {
        Self { policy }
    }
}

impl<S> Layer<S> for AuthorizeLayer {
    type Service = Authorize<S>;

    fn layer(&self, inner: S) -> Authorize<S> {
        Authorize { inner, policy: Arc::clone(&self.policy) }
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Authorize<S> {
    inner: S,
    policy: Arc<ArcSwap<Policy>>,
}

impl<S: Answer> Service<Request<Body>> for Authorize<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if let Some(refusal) = refusal(&self.policy.load(), &request) {
            return Box::pin(std::future::ready(Ok(refusal)));
        }
        let inner = self.inner.clone();
        Box::pin(async move { Ok(answer(inner, request).await) })
    }
}

/// The answer to a call that may not pass.
fn refusal(policy: &Policy, request: &Request<Body>) -> Option<Response<Body>> {
    let path = request.uri().path();
    let Some(method) = MethodPath::parse(path) else {
        return Some(refuse(Cause::MalformedPath, "the path is not /package.Service/Method"));
    };
    let peer = request.extensions().get::<Peer>();
    let caller: Option<&SpiffeId> = peer.and_then(|peer| peer.id.as_ref());
    let address = peer.map(|peer| peer.address.to_string()).unwrap_or_default();
    match policy.decide(caller, method) {
        Decision::Allowed { rule } => {
            tracing::trace!(%method, rule, "allowed");
            None
        }
        Decision::Unauthenticated => {
            tracing::warn!(%method, %address, "refused: the caller showed no certificate");
            Some(refuse(
                Cause::NoIdentity,
                "the mesh answers only callers with a certificate of its trust domain",
            ))
        }
        Decision::Denied { caller_known } => {
            let caller = caller.map(ToString::to_string).unwrap_or_default();
            let reason = if caller_known {
                "no rule allows this caller this method"
            } else {
                "no rule names this caller"
            };
            tracing::warn!(%caller, %method, %address, reason, "refused: not authorized");
            Some(refuse(Cause::NotAuthorized, &format!("{caller} may not call {method}: {reason}")))
        }
    }
}

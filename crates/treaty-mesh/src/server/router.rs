//! Finds the tonic service that a path names.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tonic::body::Body;
use tonic::server::NamedService;
use tower::Service;
use tower::util::BoxCloneSyncService;
use treaty_core::method::MethodPath;
use treaty_core::status::Cause;

use crate::status::refuse;

type Boxed = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Tonic services by name; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Router {
    services: Arc<HashMap<&'static str, Boxed>>,
}

impl Router {
    /// Adds a generated server.
    #[must_use]
    pub fn add_service<S>(self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        let mut services = HashMap::clone(&self.services);
        services.insert(S::NAME, BoxCloneSyncService::new(service));
        Self { services: Arc::new(services) }
    }

    /// Whether a service of this full name was added.
    pub fn serves(&self, service: &str) -> bool {
        self.services.contains_key(service)
    }

    /// Full names of the services, sorted.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.services.keys().copied().collect();
        names.sort_unstable();
        names
    }
}

impl Service<Request<Body>> for Router {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let named = MethodPath::parse(request.uri().path()).map(|path| path.service);
        let found = named.and_then(|name| self.services.get(name).cloned());
        match found {
            // Generated servers are always ready.
            Some(mut service) => service.call(request),
            None => {
                let name = named.unwrap_or_default().to_owned();
                let refusal =
                    refuse(Cause::UnknownService, &format!("`{name}` is not served here"));
                Box::pin(std::future::ready(Ok(refusal)))
            }
        }
    }
}

//! Serves callers from outside the mesh: no identity by certificate, exposure instead of
//! authorization.

use std::sync::Arc;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::Layer as _;

use super::{Answer, Parts, listener};
use crate::layers::count::CountLayer;
use crate::layers::deadline::DeadlineLayer;
use crate::layers::trace::TraceLayer;
use crate::metrics::Direction;

/// Serves `service` on a listener, over TLS if there is any, until shutdown and until its
/// calls have ended.
pub async fn serve_edge<S: Answer>(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    parts: Parts,
    service: S,
) {
    let speaks = tls.map_or(listener::Speaks::Plaintext, |tls| listener::Speaks::Edge(tls.into()));
    let listener = listener::Listener::new(listener, speaks, &parts);
    let stack = stack(&parts, listener.cut(), service);
    listener.run(stack).await;
}

/// Outermost first. `cut` ends the calls that outlive a drain.
fn stack<S: Answer>(parts: &Parts, cut: CancellationToken, service: S) -> impl Answer {
    // 1. Count: sees every call, also those that are refused below.
    let count = CountLayer::new(parts.metrics.clone(), Direction::Server);
    // 2. Trace: begins here, or where the caller began it.
    let trace = TraceLayer::inbound();
    // 3. Deadline: the calls that this one causes know how long they may take.
    let deadline = DeadlineLayer::inbound(cut);
    // 4. The gateway: what is exposed, and where it goes.
    count.layer(trace.layer(deadline.layer(service)))
}

//! The order of behaviours on a call that comes in.

use tokio_util::sync::CancellationToken;
use tower::Layer as _;

use super::{Parts, Router};
use crate::layers::Answer;
use crate::layers::authorize::AuthorizeLayer;
use crate::layers::count::CountLayer;
use crate::layers::deadline::DeadlineLayer;
use crate::layers::trace::TraceLayer;
use crate::metrics::Direction;

/// Outermost first. `cut` ends the calls that outlive a drain.
pub(super) fn stack(parts: &Parts, cut: CancellationToken, router: Router) -> impl Answer {
    // 1. Count: sees every call, also those that are refused below.
    let count = CountLayer::new(parts.metrics.clone(), Direction::Server);
    // 2. Trace: whatever is logged below carries the trace's id.
    let trace = TraceLayer::inbound();
    // 3. Authorize: nothing is done for those who may not ask for it.
    let authorize = AuthorizeLayer::new(parts.policy.clone());
    // 4. Deadline: no work for a caller that has given up.
    let deadline = DeadlineLayer::inbound(cut);
    // 5. The service.
    count.layer(trace.layer(authorize.layer(deadline.layer(router))))
}

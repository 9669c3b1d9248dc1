//! What a call brings along to the calls that it causes: its deadline and its trace.
//!
//! *Does not* follow into spawned tasks; there, wrap the task in [`CallContext::scope`].

use std::future::Future;

use tokio::time::Instant;
use treaty_core::trace_context::TraceContext;

tokio::task_local! {
    static CURRENT: CallContext;
}

/// The call that is being served.
#[derive(Debug, Clone, Copy)]
pub struct CallContext {
    /// When the caller gives up, if ever.
    pub deadline: Option<Instant>,
    /// The trace that the call belongs to.
    pub trace: TraceContext,
}

impl CallContext {
    /// The call that this task serves, if it serves one.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|context| *context).ok()
    }

    /// Runs a future as part of the call.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Runs a closure as part of the call.
    pub fn enter<T>(self, closure: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, closure)
    }
}

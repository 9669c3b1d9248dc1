//! Names tasks, watches over them and waits for them at the end.
//!
//! *Holds*: a task that panics is logged with its name and ends the node, so that a
//! supervisor starts it afresh instead of a service living on without its heart.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of one node.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    /// Cancelled when the node is told to end.
    shutdown: CancellationToken,
    /// Cancelled when the last call has ended.
    closed: CancellationToken,
}

impl Tasks {
    /// Starts a task that ends by itself once [`Tasks::shutdown`] is cancelled.
    pub fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let shutdown = self.shutdown.clone();
        self.tracker.spawn(async move {
            if let Err(error) = tokio::spawn(task).await {
                tracing::error!(task = name, %error, "a task failed; the node ends");
                shutdown.cancel();
            }
        });
    }

    /// Cancelled when the node is told to end: take no new work.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }

    /// Cancelled when calls are done and connections may close.
    pub(crate) fn closed(&self) -> &CancellationToken {
        &self.closed
    }

    /// Waits for all tasks, at most this long; tells whether all had ended.
    pub async fn finish(&self, timeout: Duration) -> bool {
        self.shutdown.cancel();
        self.closed.cancel();
        self.tracker.close();
        tokio::time::timeout(timeout, self.tracker.wait()).await.is_ok()
    }
}

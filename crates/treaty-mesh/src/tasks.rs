//! Names tasks, watches over them and ends them in order.
//!
//! *Holds*: a task that panics is logged with its name and ends the node, so that a
//! supervisor starts it afresh instead of a service living on without its heart. On the way
//! down, calls end first, then background work, then the connections that both need.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of one node.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    background: TaskTracker,
    connections: TaskTracker,
    shutdown: CancellationToken,
    calls_done: CancellationToken,
    closed: CancellationToken,
}

impl Tasks {
    /// Starts a task that ends by itself once [`Tasks::shutdown`] or [`Tasks::calls_done`] is
    /// cancelled.
    pub fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.watch_over(&self.background, name, task);
    }

    /// Starts a task that others need until the end: it ends once [`Tasks::closed`] is
    /// cancelled.
    pub(crate) fn spawn_connection<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.watch_over(&self.connections, name, task);
    }

    fn watch_over<F>(&self, tracker: &TaskTracker, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let shutdown = self.shutdown.clone();
        tracker.spawn(async move {
            if let Err(error) = tokio::spawn(task).await {
                shutdown.cancel();
                tracing::error!(task = name, %error, "a task failed; the node ends");
            }
        });
    }

    /// Cancelled when the node is told to end: take no new work.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }

    /// Cancelled when the last call has ended: nothing causes new background work any more,
    /// and others can still be called.
    pub fn calls_done(&self) -> &CancellationToken {
        &self.calls_done
    }

    /// Cancelled when connections may close.
    pub(crate) fn closed(&self) -> &CancellationToken {
        &self.closed
    }

    /// Ends background work, then connections, together in at most this long; tells whether
    /// all had ended.
    pub async fn finish(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        self.shutdown.cancel();
        self.calls_done.cancel();
        self.background.close();
        let worked = timeout_at(deadline, self.background.wait()).await.is_ok();
        self.closed.cancel();
        self.connections.close();
        let closed = timeout_at(deadline, self.connections.wait()).await.is_ok();
        worked && closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn background_work_can_still_use_connections() {
        let tasks = Tasks::default();
        let (done, closed) = (tasks.calls_done().clone(), tasks.closed().clone());
        let still_open = closed.clone();
        tasks.spawn("work", async move {
            done.cancelled().await;
            assert!(!still_open.is_cancelled(), "connections closed before the work was done");
        });
        tasks.spawn_connection("connection", async move { closed.cancelled().await });
        assert!(tasks.finish(Duration::from_secs(5)).await);
    }

    #[tokio::test]
    async fn a_task_that_panics_ends_the_node() {
        let tasks = Tasks::default();
        tasks.spawn("doomed", async { panic!("as planned") });
        tasks.shutdown().cancelled().await;
    }
}

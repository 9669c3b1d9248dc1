//! Hears from outside that the node is to end.
//!
//! *Holds*: when a supervisor dies, so do we: it holds our standard input open, and the
//! end of that input means that nobody watches over us any more.

use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels `shutdown` on SIGTERM, on SIGINT, and at the end of a supervisor's input.
pub(crate) async fn watch(shutdown: CancellationToken, supervised: bool) {
    let told = async {
        let (terminate, interrupt) =
            match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
                (Ok(terminate), Ok(interrupt)) => (terminate, interrupt),
                (Err(error), _) | (_, Err(error)) => {
                    tracing::error!(%error, "cannot listen for signals");
                    return std::future::pending().await;
                }
            };
        let (mut terminate, mut interrupt) = (terminate, interrupt);
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = end_of_input(), if supervised => tracing::warn!("the supervisor is gone"),
        }
    };
    tokio::select! {
        () = told => shutdown.cancel(),
        () = shutdown.cancelled() => {}
    }
}

async fn end_of_input() {
    let mut input = tokio::io::stdin();
    let mut buffer = [0; 64];
    while matches!(input.read(&mut buffer).await, Ok(read) if read > 0) {}
}

/// Ends a node that is not a member of the mesh (control itself) on SIGTERM, on SIGINT, and
/// with its supervisor, if `TREATY_SUPERVISED=1` says that there is one.
pub fn end_on_signals(tasks: &crate::tasks::Tasks) {
    let supervised = std::env::var("TREATY_SUPERVISED").is_ok_and(|value| value == "1");
    tasks.spawn("signals", watch(tasks.shutdown().clone(), supervised));
}

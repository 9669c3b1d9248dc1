//! Hears from outside that the node is to end.
//!
//! *Holds*: when a supervisor dies, so do we: it holds our standard input open, and the
//! end of that input means that nobody watches over us any more.

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

/// Waits for the end of standard input on a thread of its own: a read that blocks in the
/// runtime would keep the process alive for as long as the supervisor does.
async fn end_of_input() {
    let (ended, end) = tokio::sync::oneshot::channel();
    let reading = std::thread::Builder::new().name("supervisor".to_owned()).spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    if let Err(error) = reading {
        tracing::error!(%error, "cannot watch the supervisor");
        std::future::pending::<()>().await;
    }
    let _ = end.await;
}

/// Ends a node that is not a member of the mesh (control itself) on SIGTERM, on SIGINT, and
/// with its supervisor, if `TREATY_SUPERVISED=1` says that there is one.
pub fn end_on_signals(tasks: &crate::tasks::Tasks) {
    let supervised = std::env::var("TREATY_SUPERVISED").is_ok_and(|value| value == "1");
    tasks.spawn("signals", watch(tasks.shutdown().clone(), supervised));
}

//! Runs the machine: one step at a time, on a thread that may block.
//!
//! *Holds*: jobs are done in the order in which they came; all that waited while a commit was
//! under way share the next one; after a stop, what has queued up is still done.

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::error::CallError;
use super::machine::{self, Job, Machine};

/// The way to the machine.
#[derive(Debug, Clone)]
pub(crate) struct Queue(mpsc::Sender<Job>);

impl Queue {
    /// A queue of so many jobs, and its end for [`run`].
    pub(crate) fn new(length: usize) -> (Self, mpsc::Receiver<Job>) {
        let (sender, receiver) = mpsc::channel(length.max(1));
        (Self(sender), receiver)
    }

    /// Does something and waits until it is committed. It is done even if nobody waits.
    pub(crate) async fn call<R: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Machine) -> Result<R, CallError> + Send + 'static,
    ) -> Result<R, CallError> {
        let (answer, answered) = oneshot::channel();
        let job = machine::job(call, move |result| drop(answer.send(result)));
        self.0.send(job).await.map_err(|_| CallError::Ending)?;
        answered.await.map_err(|_| CallError::Ending)?
    }

    /// Has something done; waits only for room in the queue.
    pub(crate) async fn send(
        &self,
        call: impl FnOnce(&mut Machine) + Send + 'static,
    ) -> Result<(), CallError> {
        let call = move |machine: &mut Machine| -> Result<(), CallError> {
            call(machine);
            Ok(())
        };
        self.0.send(machine::job(call, drop)).await.map_err(|_| CallError::Ending)
    }
}

/// Runs until `stop`, or until the machine is lost.
pub(crate) async fn run(
    mut machine: Machine,
    mut jobs: mpsc::Receiver<Job>,
    most: usize,
    stop: CancellationToken,
) {
    let mut stopping = false;
    loop {
        let mut batch = Vec::new();
        let due = machine.next_due();
        tokio::select! {
            biased;
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                jobs.close();
                continue;
            }
            count = jobs.recv_many(&mut batch, most.max(1)) => if count == 0 { break },
            () = sleep_until(due), if due.is_some() => {}
        }
        let now = Instant::now();
        let stepped = tokio::task::spawn_blocking(move || {
            machine.step(batch, now);
            machine
        });
        machine = match stepped.await {
            Ok(machine) if !machine.is_lost() => machine,
            Ok(_) => return,
            Err(error) => {
                tracing::error!(%error, "the writer failed");
                return;
            }
        };
    }
    match tokio::task::spawn_blocking(move || machine.close()).await {
        Ok(Ok(())) => tracing::info!("the log is closed"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the log was not closed; it is repaired when opened")
        }
        Err(error) => tracing::error!(%error, "closing the log failed"),
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

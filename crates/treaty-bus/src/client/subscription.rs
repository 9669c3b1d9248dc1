//! Consumes a group's events, and reconnects for as long as it takes.
//!
//! *Holds*: no more handlers run than credits were granted; handlers of a connection that broke
//! end, or are ended, before the next one opens, so that no key is handled twice at once; what
//! they achieved is acknowledged on the next one.

mod handle;
mod session;

use std::future::Future;
use std::time::Duration;

use contracts::treaty::bus::v1 as proto;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Backoff, BoxError, Channel, Client};
use crate::event::Event;
use crate::group::Group;
use session::{End, Session};

/// An event to handle.
#[derive(Debug)]
pub struct Delivery {
    /// As it was published.
    pub event: Event,
    /// Its place in the log.
    pub sequence: u64,
    /// 1 when the group sees it for the first time.
    pub attempt: u32,
    /// The group had been past it and was moved back; effects outside should not happen again.
    pub replayed: bool,
    say: mpsc::Sender<proto::SubscribeRequest>,
    keep_free: usize,
}

impl Delivery {
    /// Tells the bus that the event is still being handled, so that the wait for an answer
    /// starts anew. Cheap, and silently nothing when the connection is busy or broken.
    pub fn in_progress(&self) {
        if self.say.capacity() > self.keep_free {
            let Self { sequence, attempt, .. } = *self;
            let in_progress = proto::InProgress { sequence, attempt };
            let verb = Some(proto::subscribe_request::Verb::InProgress(in_progress));
            let _ = self.say.try_send(proto::SubscribeRequest { verb });
        }
    }
}

/// What becomes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settle {
    /// Done.
    Ack,
    /// Not done; deliver it again.
    Nack {
        /// After this long; after the group's backoff when `None`.
        delay: Option<Duration>,
    },
    /// Can never be done; a dead letter at once.
    Reject {
        /// Why.
        reason: String,
    },
}

pub(crate) async fn run<T, H, F>(
    client: &Client<T>,
    group: Group,
    handler: H,
    shutdown: CancellationToken,
) -> Result<(), tonic::Status>
where
    T: Channel,
    H: Fn(Delivery) -> F + Send + Sync,
    F: Future<Output = Result<Settle, BoxError>> + Send,
{
    let mut backoff = Backoff::random();
    let mut late = Vec::new();
    while !shutdown.is_cancelled() {
        let session = Session::new(&group, &handler, std::mem::take(&mut late));
        let End { joined, status, achieved } = session.run(client, &shutdown).await;
        late = achieved;
        if shutdown.is_cancelled() {
            break;
        }
        if joined {
            backoff.reset();
        } else if status.code() == tonic::Code::InvalidArgument {
            return Err(status);
        }
        let wait = backoff.next();
        tracing::warn!(
            group = group.name(),
            code = ?status.code(),
            reason = status.message(),
            ?wait,
            "the subscription ended; joining again"
        );
        let _ = tokio::time::timeout(wait, shutdown.cancelled()).await;
    }
    Ok(())
}

//! Consumes a group's events, and reconnects for as long as it takes.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxError, Channel, Client};
use crate::event::Event;
use crate::group::Group;

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
    let _ = (client, group, handler, shutdown);
    todo!()
}

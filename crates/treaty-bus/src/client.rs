//! Publishes to a bus and consumes from it over any gRPC channel.
//!
//! *Does not* make connections, retry a publish or set its deadline: the channel's layers, or
//! the outbox, do. *Holds*: an event whose handler did not finish is never acknowledged.

mod backoff;
mod subscription;

use std::future::Future;

use contracts::io::cloudevents::v1::CloudEvent;
use contracts::treaty::bus::v1 as proto;
use proto::bus_service_client::BusServiceClient;
use tokio_util::sync::CancellationToken;
use tonic::client::GrpcService;

pub(crate) use backoff::Backoff;
pub use subscription::{Delivery, Settle};

use crate::event::Event;
use crate::group::Group;

/// Whatever a handler fails with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A channel that a client can use: tonic's, the mesh's, or a server in the same process.
pub trait Channel:
    GrpcService<
        tonic::body::Body,
        Error: Into<BoxError> + Send,
        Future: Send,
        ResponseBody: http_body::Body<Data = bytes::Bytes, Error: Into<BoxError> + Send>
                          + Send
                          + 'static,
    > + Clone
    + Send
    + Sync
    + 'static
{
}

impl<T> Channel for T where
    T: GrpcService<
            tonic::body::Body,
            Error: Into<BoxError> + Send,
            Future: Send,
            ResponseBody: http_body::Body<Data = bytes::Bytes, Error: Into<BoxError> + Send>
                              + Send
                              + 'static,
        > + Clone
        + Send
        + Sync
        + 'static
{
}

/// A client of the bus. Clones share the channel.
#[derive(Debug, Clone)]
pub struct Client<T> {
    channel: T,
}

/// Where an event is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Greater than that of every event stored before.
    pub sequence: u64,
    /// An event of the same source and id was stored before, under this sequence.
    pub duplicate: bool,
}

impl<T: Channel> Client<T> {
    /// A client over a channel.
    pub fn new(channel: T) -> Self {
        Self { channel }
    }

    /// Stores events, all or none; they are on disk when this returns.
    ///
    /// A service with a database of its own enqueues in its outbox instead, so that state and
    /// event cannot part. May be repeated: an event that is stored already is a duplicate.
    ///
    /// # Errors
    /// The status of the call: `INVALID_ARGUMENT` for events that the bus never takes,
    /// `RESOURCE_EXHAUSTED` while its log is full, `UNAVAILABLE` while it cannot be reached.
    pub async fn publish(&self, events: Vec<Event>) -> Result<Vec<Published>, tonic::Status> {
        let events: Vec<CloudEvent> = events.into_iter().map(Into::into).collect();
        let answer = self.grpc().publish(proto::PublishRequest { events }).await?;
        let published = answer.into_inner().published.into_iter();
        Ok(published
            .map(|one| Published { sequence: one.sequence, duplicate: one.duplicate })
            .collect())
    }

    /// Handles a group's events until `shutdown`, and reconnects for as long as that takes.
    ///
    /// The handler runs for up to [`Group::concurrency`] events at once, never for two of one
    /// key. What it answers settles the delivery; an error is a [`Settle::Nack`] with the
    /// group's backoff, except that a [`crate::DecodeError`] anywhere in its chain is a reject.
    /// On shutdown no further events are taken, and running handlers get [`Group::drain`].
    ///
    /// # Errors
    /// Only `INVALID_ARGUMENT`, when the bus finds the group's definition wrong.
    pub async fn subscribe<H, F>(
        &self,
        group: Group,
        handler: H,
        shutdown: CancellationToken,
    ) -> Result<(), tonic::Status>
    where
        H: Fn(Delivery) -> F + Send + Sync,
        F: Future<Output = Result<Settle, BoxError>> + Send,
    {
        subscription::run(self, group, handler, shutdown).await
    }

    /// The generated client, for dead letters and status.
    pub fn grpc(&self) -> BusServiceClient<T> {
        BusServiceClient::new(self.channel.clone())
    }
}

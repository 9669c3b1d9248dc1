//! Carries one subscription: what the consumer says to the machine, deliveries to the consumer.
//!
//! *Holds*: however a subscription ends (the consumer ends its requests, goes away, breaks the
//! protocol, or the bus ends), the machine hears of it and gives its deliveries to others.

use std::pin::Pin;
use std::task::{Context, Poll};

use contracts::treaty::bus::v1 as proto;
use proto::subscribe_request::Verb as Said;
use tokio::sync::mpsc;
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Status, Streaming};
use tracing::Instrument as _;

use super::{BusServer, convert, invalid};
use crate::broker::error::CallError;
use crate::broker::lanes::ConsumerId;
use crate::broker::writer::Queue;

/// What a consumer receives. Dropping it ends the subscription.
#[derive(Debug)]
pub struct Deliveries {
    messages: ReceiverStream<Result<proto::SubscribeResponse, Status>>,
    _gone: DropGuard,
}

impl Stream for Deliveries {
    type Item = Result<proto::SubscribeResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.messages).poll_next(context)
    }
}

impl BusServer {
    pub(super) async fn open_subscription(
        &self,
        mut requests: Streaming<proto::SubscribeRequest>,
    ) -> Result<Deliveries, Status> {
        if self.shutdown.is_cancelled() {
            return Err(CallError::Ending.into());
        }
        let first = requests.message().await?.and_then(|first| first.verb);
        let Some(Said::Open(open)) = first else {
            return Err(invalid("open", "must be the first message"));
        };
        // Room for all credits, the greeting and a last word.
        let (to, messages) = mpsc::channel(self.limits.credits as usize + 2);
        let gone = CancellationToken::new();
        let deliveries = Deliveries {
            messages: ReceiverStream::new(messages),
            _gone: gone.clone().drop_guard(),
        };
        let group = open.group.clone();
        let span = tracing::info_span!("subscription", group, consumer = open.consumer);
        let id = self.queue.call(move |machine| machine.join(&open, to)).await?;
        let (queue, shutdown) = (self.queue.clone(), self.shutdown.clone());
        let listen = async move {
            let status = tokio::select! {
                status = hear(&queue, &group, id, requests) => status,
                () = gone.cancelled() => None,
                () = shutdown.cancelled() => Some(CallError::Ending.into()),
            };
            // When the queue is closed, the machine is gone and with it the consumer.
            let _ = queue.send(move |machine| machine.leave(&group, id, status)).await;
        };
        self.subscriptions.spawn(listen.instrument(span));
        Ok(deliveries)
    }
}

/// Passes on what a consumer says until it ends, and tells how it is to be answered.
async fn hear(
    queue: &Queue,
    group: &str,
    id: ConsumerId,
    mut requests: Streaming<proto::SubscribeRequest>,
) -> Option<Status> {
    loop {
        let verb = match requests.message().await {
            Ok(Some(request)) => match convert::verb(request) {
                Ok(verb) => verb,
                Err(status) => return Some(status),
            },
            Ok(None) => return None,
            Err(status) => {
                tracing::debug!(%status, "the consumer went away");
                return None;
            }
        };
        let group = group.to_owned();
        if queue.send(move |machine| machine.hear(&group, id, verb)).await.is_err() {
            return Some(CallError::Ending.into());
        }
    }
}

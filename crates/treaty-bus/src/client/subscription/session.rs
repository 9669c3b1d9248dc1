//! One connection of a subscription, from joining the group to leaving it.
//!
//! *Holds*: at shutdown no delivery is begun, handlers get their time, what they say is sent,
//! and the end of the bus's stream shows that it was heard.

use std::future::Future;

use contracts::treaty::bus::v1 as proto;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use proto::subscribe_request::Verb;
use proto::subscribe_response::Message;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

use super::handle::handle;
use super::{BoxError, Delivery, Settle};
use crate::client::{Channel, Client};
use crate::event::Event;
use crate::group::Group;

/// How a connection ended.
pub(super) struct End {
    /// The bus had let the consumer join.
    pub(super) joined: bool,
    pub(super) status: Status,
    /// What handlers achieved too late for this connection.
    pub(super) achieved: Vec<u64>,
}

pub(super) struct Session<'a, H> {
    group: &'a Group,
    handler: &'a H,
    say: mpsc::Sender<proto::SubscribeRequest>,
    requests: mpsc::Receiver<proto::SubscribeRequest>,
    keep_free: usize,
}

/// Why the reading stopped.
enum Stop {
    Broken(Status),
    Shutdown,
}

impl<'a, H, F> Session<'a, H>
where
    H: Fn(Delivery) -> F + Send + Sync,
    F: Future<Output = Result<Settle, BoxError>> + Send,
{
    /// `late` are sequences that were handled on an earlier connection.
    pub(super) fn new(group: &'a Group, handler: &'a H, late: Vec<u64>) -> Self {
        // Each credit leads to at most two messages before the bus must have read them.
        let keep_free = 2 * group.concurrency as usize + 4;
        let (say, requests) = mpsc::channel(2 * keep_free + late.len() + 16);
        let session = Self { group, handler, say, requests, keep_free };
        session.say(Verb::Open(group.open.clone()));
        for sequence in late {
            session.say(Verb::Ack(proto::Ack { sequence }));
        }
        session.say(Verb::Credit(proto::Credit { deliveries: group.concurrency }));
        session
    }

    /// Runs until the connection breaks or `shutdown`.
    pub(super) async fn run<T: Channel>(
        mut self,
        client: &Client<T>,
        shutdown: &CancellationToken,
    ) -> End {
        let (_, nothing) = mpsc::channel(1);
        let requests = ReceiverStream::new(std::mem::replace(&mut self.requests, nothing));
        let mut grpc = client.grpc();
        let opening = tokio::select! {
            opening = grpc.subscribe(requests) => opening,
            () = shutdown.cancelled() => Err(Status::cancelled("shutting down")),
        };
        let mut stream = match opening {
            Ok(response) => response.into_inner(),
            Err(status) => return End { joined: false, status, achieved: Vec::new() },
        };
        let mut handlers = FuturesUnordered::new();
        let (mut joined, handler) = (false, self.handler);
        let stop = loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break Stop::Shutdown,
                Some(verb) = handlers.next(), if !handlers.is_empty() => {
                    if !self.say(verb) || !self.say(Verb::Credit(proto::Credit { deliveries: 1 })) {
                        break Stop::Broken(Status::unavailable("the bus does not listen"));
                    }
                }
                message = stream.message() => match message.map(|message| message.and_then(|one| one.message)) {
                    Ok(Some(Message::Opened(_))) => joined = true,
                    Ok(Some(Message::Delivery(delivery))) => {
                        if let Some(delivery) = self.delivery(delivery) {
                            handlers.push(handle(handler, delivery));
                        }
                    }
                    Ok(None) => break Stop::Broken(Status::unavailable("the bus ended the stream")),
                    Err(status) => break Stop::Broken(status),
                },
            }
        };
        let mut verbs = Vec::new();
        let draining = async {
            while let Some(verb) = handlers.next().await {
                verbs.push(verb);
            }
        };
        if tokio::time::timeout(self.group.drain, draining).await.is_err() {
            tracing::warn!(group = self.group.name(), "handlers did not end in time and are ended");
        }
        drop(handlers);
        match stop {
            Stop::Broken(status) => End { joined, status, achieved: achieved(verbs) },
            Stop::Shutdown => self.say_goodbye(verbs, stream).await,
        }
    }

    async fn say_goodbye(
        self,
        verbs: Vec<Verb>,
        mut stream: Streaming<proto::SubscribeResponse>,
    ) -> End {
        for verb in verbs {
            self.say(verb);
        }
        let drain = self.group.drain;
        // Ends the requests, upon which the bus ends its stream.
        drop(self);
        let ending = async { while let Ok(Some(_)) = stream.message().await {} };
        let _ = tokio::time::timeout(drain, ending).await;
        End { joined: true, status: Status::cancelled("shutting down"), achieved: Vec::new() }
    }

    fn delivery(&self, delivery: proto::Delivery) -> Option<Delivery> {
        let proto::Delivery { sequence, event, attempt, replayed } = delivery;
        let event = Event::from(event?);
        let (say, keep_free) = (self.say.clone(), self.keep_free);
        Some(Delivery { event, sequence, attempt, replayed, say, keep_free })
    }

    /// Whether there was room.
    fn say(&self, verb: Verb) -> bool {
        self.say.try_send(proto::SubscribeRequest { verb: Some(verb) }).is_ok()
    }
}

fn achieved(verbs: Vec<Verb>) -> Vec<u64> {
    let acks = verbs.into_iter().filter_map(|verb| match verb {
        Verb::Ack(ack) => Some(ack.sequence),
        _ => None,
    });
    acks.collect()
}

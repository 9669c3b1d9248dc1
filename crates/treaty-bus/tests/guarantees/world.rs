//! A bus on a temporary folder, and a consumer that does exactly what it is told.

use std::path::PathBuf;
use std::time::Duration;

use contracts::treaty::bus::v1 as proto;
use contracts::treaty::bus::v1::bus_service_server::BusServiceServer;
use proto::subscribe_request::Verb;
use proto::subscribe_response::Message;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use treaty_bus::broker::{Broker, BusServer, Config};
use treaty_bus::{Client, Event, Group};

pub(crate) type InProcess = Client<BusServiceServer<BusServer>>;

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) broker: Broker,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let broker = Broker::open(Config::new(folder.path().join("bus.db"))).await.unwrap();
        Self { folder, broker }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("bus.db")
    }

    pub(crate) async fn restart(self) -> Self {
        self.broker.shutdown().await;
        let broker = Broker::open(Config::new(self.path())).await.unwrap();
        Self { broker, ..self }
    }

    pub(crate) fn client(&self) -> InProcess {
        Client::new(self.broker.server())
    }

    pub(crate) async fn publish(&self, events: Vec<Event>) -> Vec<(u64, bool)> {
        let published = self.client().publish(events).await.unwrap();
        published.into_iter().map(|one| (one.sequence, one.duplicate)).collect()
    }

    pub(crate) async fn status(&self) -> proto::GetStatusResponse {
        let request = proto::GetStatusRequest {};
        self.client().grpc().get_status(request).await.unwrap().into_inner()
    }

    pub(crate) async fn consumer(&self, open: proto::OpenGroup, credits: u32) -> Consumer {
        let consumer = Consumer::open(&self.client(), open).await.unwrap();
        consumer.say(Verb::Credit(proto::Credit { deliveries: credits })).await;
        consumer
    }
}

pub(crate) fn group(name: &str) -> proto::OpenGroup {
    proto::OpenGroup { group: name.to_owned(), ..proto::OpenGroup::default() }
}

pub(crate) fn seconds(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos: 0 })
}

pub(crate) fn event(key: &str, id: &str) -> Event {
    Event::new("//test/thing", "test.v1.Happened", key, &id.to_owned()).with_id(id)
}

pub(crate) fn fast_group(name: &str) -> Group {
    Group::new(name).backoff([Duration::from_millis(10)])
}

pub(crate) struct Consumer {
    say: mpsc::Sender<proto::SubscribeRequest>,
    stream: tonic::Streaming<proto::SubscribeResponse>,
}

impl Consumer {
    pub(crate) async fn open(
        client: &InProcess,
        open: proto::OpenGroup,
    ) -> Result<Self, tonic::Status> {
        let (say, requests) = mpsc::channel(64);
        let request = proto::SubscribeRequest { verb: Some(Verb::Open(open)) };
        say.send(request).await.unwrap();
        let mut stream = client.grpc().subscribe(ReceiverStream::new(requests)).await?.into_inner();
        let first = stream.message().await?.unwrap();
        assert!(matches!(first.message, Some(Message::Opened(_))));
        Ok(Self { say, stream })
    }

    pub(crate) async fn say(&self, verb: Verb) {
        self.say.send(proto::SubscribeRequest { verb: Some(verb) }).await.unwrap();
    }

    pub(crate) async fn ack(&self, sequence: u64) {
        self.say(Verb::Ack(proto::Ack { sequence })).await;
    }

    pub(crate) async fn nack(&self, sequence: u64, attempt: u32, delay: i64) {
        let (delay, reason) = (seconds(delay), format!("failure {attempt}"));
        self.say(Verb::Nack(proto::Nack { sequence, attempt, delay, reason })).await;
    }

    pub(crate) async fn reject(&self, sequence: u64, attempt: u32) {
        let (reason, code) = ("poison".to_owned(), 0);
        self.say(Verb::Reject(proto::Reject { sequence, attempt, reason, code })).await;
    }

    /// The next delivery, or `None` when everything has come to rest without one.
    pub(crate) async fn next(&mut self) -> Option<proto::Delivery> {
        let message = tokio::time::timeout(Duration::from_millis(1), self.stream.message()).await;
        match message.ok()?.unwrap()?.message? {
            Message::Delivery(delivery) => Some(delivery),
            Message::Opened(_) => panic!("greeted twice"),
        }
    }

    /// Ids and attempts of all deliveries until everything has come to rest.
    pub(crate) async fn all(&mut self) -> Vec<(String, u32)> {
        let mut all = Vec::new();
        while let Some(delivery) = self.next().await {
            all.push((delivery.event.unwrap().id, delivery.attempt));
        }
        all
    }

    /// Ends the requests and waits until the bus has heard everything.
    pub(crate) async fn leave(self) {
        let Self { say, mut stream } = self;
        drop(say);
        while stream.message().await.unwrap().is_some() {}
    }
}

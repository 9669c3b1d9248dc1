//! B12: what was committed is published, in order, whatever dies in between.

use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use contracts::treaty::bus::v1::bus_service_server::BusServiceServer;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::client::GrpcService;
use treaty_bus::broker::{BusServer, Clock};
use treaty_bus::outbox::{self, Relay};
use treaty_bus::{BoxError, Client, Event};

use crate::world::{World, event, group};

type Server = BusServiceServer<BusServer>;

/// A channel to a bus that may be away, and whose answers may be lost.
#[derive(Clone)]
pub(crate) struct Switch {
    to: Arc<Mutex<Option<Server>>>,
    lose_answers: Arc<Mutex<u32>>,
}

impl Switch {
    pub(crate) fn new(to: Arc<Mutex<Option<Server>>>) -> Self {
        Self { to, lose_answers: Arc::default() }
    }

    fn to(world: &World) -> Self {
        Self::new(Arc::new(Mutex::new(Some(world.broker.server()))))
    }

    fn losing(self, answers: u32) -> Self {
        *self.lose_answers.lock().unwrap() = answers;
        self
    }
}

impl GrpcService<Body> for Switch {
    type ResponseBody = Body;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let (server, lose) = (self.to.lock().unwrap().clone(), self.lose_answers.clone());
        Box::pin(async move {
            let mut server = server.ok_or("the bus is away")?;
            let answer = GrpcService::call(&mut server, request).await?;
            let mut lose = lose.lock().unwrap();
            if *lose > 0 {
                *lose -= 1;
                return Err("the answer was lost".into());
            }
            Ok(answer)
        })
    }
}

async fn open(path: &Path) -> tokio_rusqlite::Connection {
    let database = tokio_rusqlite::Connection::open(path).await.unwrap();
    database
        .call(|connection| {
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            outbox::create_tables(connection)
        })
        .await
        .unwrap();
    database
}

async fn enqueue(database: &tokio_rusqlite::Connection, events: Vec<Event>) {
    let enqueued = database.call(move |connection| {
        let tx = connection.transaction()?;
        for event in &events {
            outbox::enqueue(&tx, event)?;
        }
        tx.commit()?;
        Ok::<_, outbox::EnqueueError>(())
    });
    enqueued.await.unwrap();
}

async fn depth(database: &tokio_rusqlite::Connection) -> u64 {
    database.call(|connection| outbox::depth(connection)).await.unwrap()
}

/// Waits, in paused time, until the outbox holds so many rows.
async fn until_depth(database: &tokio_rusqlite::Connection, rows: u64) {
    for _ in 0..100_000 {
        if depth(database).await == rows {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the outbox still holds {} rows", depth(database).await);
}

fn relay(database: &tokio_rusqlite::Connection, channel: Switch, clock: &Clock) -> Relay<Switch> {
    let config =
        outbox::Config { clock: clock.clone(), batch_events: 5, ..outbox::Config::default() };
    Relay::with_config(database.clone(), Client::new(channel), config)
}

fn clock() -> Clock {
    Clock::tokio(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000))
}

fn numbered(count: u32) -> Vec<Event> {
    (0..count).map(|id| event(&(id % 3).to_string(), &id.to_string())).collect()
}

/// Ids in the order of the log, by key.
async fn published(world: &World) -> HashMap<String, Vec<u32>> {
    let mut consumer = world.consumer(group("check"), 1000).await;
    let mut all: HashMap<String, Vec<u32>> = HashMap::new();
    while let Some(delivery) = consumer.next().await {
        let event = Event::from(delivery.event.unwrap());
        all.entry(event.key().unwrap().to_owned()).or_default().push(event.id().parse().unwrap());
        consumer.ack(delivery.sequence).await;
    }
    all
}

fn in_order(count: u32) -> HashMap<String, Vec<u32>> {
    let of = |key: u32| (0..count).filter(|id| id % 3 == key).collect();
    (0..3).map(|key| (key.to_string(), of(key))).collect()
}

#[tokio::test(start_paused = true)]
async fn b12_what_rolls_back_is_not_published() {
    let world = World::new().await;
    let database = open(&world.folder.path().join("service.db")).await;
    database
        .call(|connection| {
            let tx = connection.transaction()?;
            outbox::enqueue(&tx, &event("k", "never"))?;
            drop(tx);
            Ok::<_, outbox::EnqueueError>(())
        })
        .await
        .unwrap();
    enqueue(&database, vec![event("k", "7")]).await;
    let shutdown = CancellationToken::new();
    let running =
        tokio::spawn(relay(&database, Switch::to(&world), &clock()).run(shutdown.clone()));
    until_depth(&database, 0).await;
    shutdown.cancel();
    running.await.unwrap();
    assert_eq!(published(&world).await, HashMap::from([("k".to_owned(), vec![7])]));
}

#[tokio::test(start_paused = true)]
async fn b12_a_crash_between_publish_and_mark_is_absorbed() {
    let world = World::new().await;
    let database = open(&world.folder.path().join("service.db")).await;
    enqueue(&database, numbered(20)).await;
    // The relay publishes its first batch, never learns of it, and dies.
    let dying = relay(&database, Switch::to(&world).losing(1), &clock());
    let dying = tokio::spawn(dying.run(CancellationToken::new()));
    while world.status().await.last_sequence == 0 {
        tokio::task::yield_now().await;
    }
    dying.abort();
    let _ = dying.await;
    assert!(depth(&database).await >= 15);
    let shutdown = CancellationToken::new();
    let next = relay(&database, Switch::to(&world).losing(2), &clock());
    let next = tokio::spawn(next.run(shutdown.clone()));
    until_depth(&database, 0).await;
    shutdown.cancel();
    next.await.unwrap();
    assert_eq!(world.status().await.last_sequence, 20, "nothing was stored twice");
    assert_eq!(published(&world).await, in_order(20));
}

#[tokio::test(start_paused = true)]
async fn b12_two_relays_neither_reorder_nor_starve() {
    let world = World::new().await;
    let path = world.folder.path().join("service.db");
    let (one, two, clock) = (open(&path).await, open(&path).await, clock());
    let shutdown = CancellationToken::new();
    let first = relay(&one, Switch::to(&world).losing(2), &clock);
    let second = relay(&two, Switch::to(&world).losing(1), &clock);
    let first = tokio::spawn(first.run(shutdown.clone()));
    let second = tokio::spawn(second.run(shutdown.clone()));
    for (index, event) in numbered(60).into_iter().enumerate() {
        let database = if index % 2 == 0 { &one } else { &two };
        enqueue(database, vec![event]).await;
    }
    until_depth(&one, 0).await;
    // One dies without giving its lease back; the other takes over.
    first.abort();
    let more = (60..90_u32).map(|id| event(&(id % 3).to_string(), &id.to_string()));
    enqueue(&one, more.collect()).await;
    until_depth(&two, 0).await;
    shutdown.cancel();
    second.await.unwrap();
    assert_eq!(published(&world).await, in_order(90));
    assert_eq!(world.status().await.last_sequence, 90);
}

#[tokio::test(start_paused = true)]
async fn b12_a_lower_id_that_commits_late_is_not_skipped() {
    let world = World::new().await;
    let database = open(&world.folder.path().join("service.db")).await;
    let shutdown = CancellationToken::new();
    let running =
        tokio::spawn(relay(&database, Switch::to(&world), &clock()).run(shutdown.clone()));
    enqueue(&database, numbered(10)).await;
    until_depth(&database, 0).await;
    let late = |connection: &mut rusqlite::Connection| {
        let tx = connection.transaction()?;
        outbox::enqueue(&tx, &event("late", "99"))?;
        tx.execute("UPDATE treaty_outbox SET id = 1", [])?;
        tx.commit()?;
        Ok::<_, outbox::EnqueueError>(())
    };
    database.call(late).await.unwrap();
    until_depth(&database, 0).await;
    shutdown.cancel();
    running.await.unwrap();
    assert_eq!(published(&world).await["late"], [99]);
}

#[tokio::test(start_paused = true)]
async fn b12_a_bus_that_is_away_is_waited_for() {
    let world = World::new().await;
    let database = open(&world.folder.path().join("service.db")).await;
    let server = Arc::new(Mutex::new(None));
    let shutdown = CancellationToken::new();
    let relay = relay(&database, Switch::new(server.clone()), &clock());
    let (wake, running) = (relay.wake(), tokio::spawn(relay.run(shutdown.clone())));
    enqueue(&database, numbered(20)).await;
    wake.wake();
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(depth(&database).await, 20);
    *server.lock().unwrap() = Some(world.broker.server());
    until_depth(&database, 0).await;
    shutdown.cancel();
    running.await.unwrap();
    assert_eq!(published(&world).await, in_order(20));
}

#[tokio::test(start_paused = true)]
async fn b12_what_the_bus_never_takes_holds_back_its_key_only() {
    let world = World::new().await;
    let database = open(&world.folder.path().join("service.db")).await;
    enqueue(&database, vec![event("bad", "1"), event("bad", "2"), event("good", "3")]).await;
    // Not an event at all, and one that this release would not have enqueued.
    for row in ["x'ff', 'worse'", "x'0a00', 'bad'"] {
        let sql = format!(
            "INSERT INTO treaty_outbox (id, event, lane) SELECT MIN(id) - 1, {row} FROM treaty_outbox"
        );
        database.call(move |connection| connection.execute(&sql, [])).await.unwrap();
    }
    enqueue(&database, vec![event("worse", "4"), event("good", "5")]).await;
    let shutdown = CancellationToken::new();
    let running =
        tokio::spawn(relay(&database, Switch::to(&world), &clock()).run(shutdown.clone()));
    until_depth(&database, 5).await;
    shutdown.cancel();
    running.await.unwrap();
    assert_eq!(published(&world).await, HashMap::from([("good".to_owned(), vec![3, 5])]));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_no_bus_takes_is_not_enqueued() {
    let world = World::new().await;
    let database = open(&world.folder.path().join("service.db")).await;
    let refused = database
        .call(|connection| {
            let tx = connection.transaction()?;
            outbox::enqueue(&tx, &event("k", ""))
        })
        .await;
    assert!(matches!(refused, Err(tokio_rusqlite::Error::Error(outbox::EnqueueError::Invalid(_)))));
}

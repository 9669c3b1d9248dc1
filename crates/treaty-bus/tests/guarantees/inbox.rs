//! B13 and the subscription: an effect happens exactly once, whatever dies in between.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contracts::treaty::bus::v1 as proto;
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;
use treaty_bus::broker::{Broker, Config};
use treaty_bus::{BoxError, Client, Event, Settle, inbox};

use crate::world::{World, event, fast_group, group};

const ROUNDS: u32 = 1000;

#[tokio::test(start_paused = true)]
async fn b13_a_thousand_kills_between_commit_and_ack_have_one_effect_each() {
    let world = World::new().await;
    let events = (0..ROUNDS).map(|id| event(&(id % 7).to_string(), &id.to_string()));
    world.publish(events.collect()).await;
    let mut database = Connection::open_in_memory().unwrap();
    inbox::create_tables(&database).unwrap();
    database.execute_batch("CREATE TABLE effects (id TEXT NOT NULL)").unwrap();
    let mut kills = 0;
    loop {
        // Each round is one life of the consumer: the first that sees an event dies between its
        // commit and its acknowledgement, the next finds it in the inbox.
        let mut consumer = world.consumer(group("g"), 1).await;
        let Some(delivery) = consumer.next().await else { break };
        let event = Event::from(delivery.event.unwrap());
        let tx = database.transaction().unwrap();
        let first = inbox::first_time(&tx, "g", &event).unwrap();
        if first {
            tx.execute("INSERT INTO effects (id) VALUES (?1)", [event.id()]).unwrap();
        }
        tx.commit().unwrap();
        if first {
            kills += 1;
            drop(consumer);
        } else {
            consumer.ack(delivery.sequence).await;
            consumer.leave().await;
        }
    }
    assert_eq!(kills, ROUNDS);
    let (all, distinct): (u32, u32) = database
        .query_row("SELECT COUNT(*), COUNT(DISTINCT id) FROM effects", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!((all, distinct), (ROUNDS, ROUNDS));
    assert_eq!(world.status().await.groups[0].pending, 0);
}

#[tokio::test(start_paused = true)]
async fn b6_what_does_not_decode_is_a_dead_letter_at_once() {
    let world = World::new().await;
    let shutdown = CancellationToken::new();
    let (client, stop) = (world.client(), shutdown.clone());
    let running = tokio::spawn(async move {
        let handler = |delivery: treaty_bus::Delivery| async move {
            delivery.event.decode::<proto::StartPosition>()?;
            Ok(Settle::Ack)
        };
        client.subscribe(fast_group("g"), handler, stop).await
    });
    // A string is in field 1, which in a StartPosition is a message.
    world.publish(vec![Event::new("//t", "t.v1.T", "k", &"\u{7f}".to_owned())]).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    shutdown.cancel();
    running.await.unwrap().unwrap();
    let request = proto::ListDeadLettersRequest::default();
    let letters = world.client().grpc().list_dead_letters(request).await.unwrap().into_inner();
    let letter = &letters.dead_letters[0];
    assert_eq!(letter.code, i32::from(proto::DeadLetterCode::Undecodable));
    assert_eq!(letter.attempts, 1);
}

#[tokio::test(start_paused = true)]
async fn b4_errors_and_panics_are_tried_again() {
    let world = World::new().await;
    world.publish(vec![event("k", "1"), event("k", "2")]).await;
    let shutdown = CancellationToken::new();
    let seen = Mutex::new(Vec::new());
    let handler = |delivery: treaty_bus::Delivery| {
        let attempt = delivery.attempt;
        seen.lock().unwrap().push((delivery.event.id().to_owned(), attempt));
        let done = delivery.event.id() == "2";
        let shutdown = shutdown.clone();
        async move {
            match attempt {
                _ if done => {
                    shutdown.cancel();
                    Ok(Settle::Ack)
                }
                1 => Err(BoxError::from("not yet")),
                2 => panic!("the handler's own fault"),
                3 => Ok(Settle::Nack { delay: Some(Duration::from_secs(60)) }),
                _ => Ok(Settle::Ack),
            }
        }
    };
    world.client().subscribe(fast_group("g"), handler, shutdown.clone()).await.unwrap();
    let expected = [("1", 1), ("1", 2), ("1", 3), ("1", 4), ("2", 1)];
    assert_eq!(seen.into_inner().unwrap(), expected.map(|(id, attempt)| (id.to_owned(), attempt)));
    assert_eq!(world.status().await.groups[0].pending, 0, "the last answer was heard");
}

#[tokio::test(start_paused = true)]
async fn b3_a_subscription_outlives_the_bus() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let current = Arc::new(Mutex::new(None));
    let first = Broker::open(Config::new(&path)).await.unwrap();
    *current.lock().unwrap() = Some(first.server());
    let switch = crate::outbox::Switch::new(current.clone());
    let (client, shutdown) = (Client::new(switch), CancellationToken::new());
    let handled = Arc::new(AtomicU32::new(0));
    let (counter, stop, subscriber) = (handled.clone(), shutdown.clone(), client.clone());
    let running = tokio::spawn(async move {
        let handler = move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            async { Ok(Settle::Ack) }
        };
        subscriber.subscribe(fast_group("g"), handler, stop).await
    });
    client.publish(vec![event("k", "1")]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    *current.lock().unwrap() = None;
    first.shutdown().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let second = Broker::open(Config::new(&path)).await.unwrap();
    *current.lock().unwrap() = Some(second.server());
    client.publish(vec![event("k", "2")]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(handled.load(Ordering::SeqCst), 2);
    shutdown.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn b4_shutdown_lets_handlers_finish_and_be_heard() {
    let world = World::new().await;
    world.publish(vec![event("a", "1"), event("b", "2")]).await;
    let shutdown = CancellationToken::new();
    let handler = |_| {
        let shutdown = shutdown.clone();
        async move {
            shutdown.cancel();
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok(Settle::Ack)
        }
    };
    let one_by_one = fast_group("g").concurrency(1);
    world.client().subscribe(one_by_one, handler, shutdown.clone()).await.unwrap();
    assert_eq!(world.status().await.groups[0].pending, 1);
}

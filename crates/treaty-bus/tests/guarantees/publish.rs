//! B1 and B2: what is acknowledged stays, and stays once.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use treaty_bus::broker::{Broker, Config, OpenError};

use crate::world::{World, event, group};

/// Copies the files as they are, which is what a kill leaves behind.
fn as_killed(world: &World, to: &Path) -> PathBuf {
    for name in ["bus.db", "bus.db-wal"] {
        fs::copy(world.folder.path().join(name), to.join(name)).unwrap();
    }
    to.join("bus.db")
}

#[tokio::test(start_paused = true)]
async fn b1_acknowledged_events_survive_a_kill() {
    let world = World::new().await;
    for id in 0..20 {
        world.publish(vec![event("k", &id.to_string())]).await;
        let copy = tempfile::tempdir().unwrap();
        let broker = Broker::open(Config::new(as_killed(&world, copy.path()))).await.unwrap();
        let after = World { folder: copy, broker };
        assert_eq!(after.status().await.last_sequence, id + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn b1_a_torn_tail_is_repaired() {
    let world = World::new().await;
    world.publish(vec![event("k", "1"), event("k", "2")]).await;
    let acknowledged = fs::metadata(world.folder.path().join("bus.db-wal")).unwrap().len();
    world.publish(vec![event("k", "3")]).await;
    let whole = fs::metadata(world.folder.path().join("bus.db-wal")).unwrap().len();
    assert!(whole > acknowledged);
    for length in (acknowledged..whole).step_by(577) {
        let copy = tempfile::tempdir().unwrap();
        let path = as_killed(&world, copy.path());
        let wal = fs::OpenOptions::new().write(true).open(copy.path().join("bus.db-wal")).unwrap();
        wal.set_len(length).unwrap();
        let broker = Broker::open(Config::new(path)).await.unwrap();
        let after = World { folder: copy, broker };
        assert_eq!(after.status().await.last_sequence, 2, "cut at {length}");
        assert_eq!(after.publish(vec![event("k", "4")]).await, [(3, false)]);
    }
}

#[tokio::test(start_paused = true)]
async fn b1_a_commit_that_fails_acknowledges_nothing_and_loses_nothing() {
    let world = World::new().await;
    world.publish(vec![event("k", "1"), event("k", "2")]).await;
    let mut consumer = world.consumer(group("g"), 100).await;
    assert_eq!(consumer.all().await, [("1".to_owned(), 1)]);
    let disk = Connection::open(world.path()).unwrap();
    disk.execute_batch(
        "CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .unwrap();
    let status = world.client().publish(vec![event("k", "3")]).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unavailable);
    disk.execute_batch("DROP TRIGGER broken").unwrap();
    assert_eq!(world.publish(vec![event("k", "3")]).await, [(3, false)]);
    // What was in flight is forgotten, so it comes again, and its order holds.
    assert_eq!(consumer.all().await, [("1".to_owned(), 1)]);
    consumer.ack(1).await;
    assert_eq!(consumer.all().await, [("2".to_owned(), 1)]);
}

async fn changed_by(sql: &str) -> Result<Broker, OpenError> {
    let world = World::new().await;
    world.publish((1..=5).map(|id| event("k", &id.to_string())).collect()).await;
    world.broker.shutdown().await;
    Connection::open(world.path()).unwrap().execute_batch(sql).unwrap();
    Broker::open(Config::new(world.path())).await
}

#[tokio::test(start_paused = true)]
async fn b1_corruption_is_reported_when_the_log_is_opened() {
    for change in [
        "UPDATE events SET body = x'00' || body WHERE sequence = 3",
        "UPDATE events SET lane = '=other' WHERE sequence = 3",
        "UPDATE events SET type = 'other' WHERE sequence = 3",
        "DELETE FROM events WHERE sequence = 3",
    ] {
        let opened = changed_by(change).await;
        assert!(matches!(opened, Err(OpenError::Corrupt { sequence: 3 })), "{change}: {opened:?}");
    }
    let opened = changed_by("DELETE FROM events WHERE sequence = 5").await;
    assert!(matches!(opened, Err(OpenError::Corrupt { sequence: 5 })), "{opened:?}");
}

#[tokio::test(start_paused = true)]
async fn b1_corruption_found_while_running_becomes_a_dead_letter() {
    for change in [
        "UPDATE events SET body = x'00' || body WHERE sequence = 2",
        "UPDATE events SET type = 'other' WHERE sequence = 2",
        "DELETE FROM events WHERE sequence = 2",
    ] {
        let world = World::new().await;
        world.publish((1..=3).map(|id| event(&id.to_string(), &id.to_string())).collect()).await;
        Connection::open(world.path()).unwrap().execute_batch(change).unwrap();
        let mut open = group("g");
        open.types = vec!["test.v1.Happened".to_owned()];
        let mut consumer = world.consumer(open, 10).await;
        assert_eq!(consumer.all().await, [("1".to_owned(), 1), ("3".to_owned(), 1)], "{change}");
        let status = world.status().await;
        assert_eq!((status.corrupt_records, status.groups[0].dead_letters), (1, 1), "{change}");
    }
}

#[tokio::test(start_paused = true)]
async fn b1_concurrent_publishes_share_commits_and_keep_their_order() {
    let world = World::new().await;
    let publishes = (0..200_u32).map(|id| {
        let client = world.client();
        tokio::spawn(async move { client.publish(vec![event("k", &id.to_string())]).await })
    });
    let mut sequences = Vec::new();
    for publish in publishes.collect::<Vec<_>>() {
        sequences.push(publish.await.unwrap().unwrap()[0].sequence);
    }
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=200).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn b2_repeat_returns_first_sequence() {
    let world = World::new().await;
    assert_eq!(
        world.publish(vec![event("k", "1"), event("k", "2")]).await,
        [(1, false), (2, false)]
    );
    assert_eq!(
        world.publish(vec![event("k", "3"), event("k", "1")]).await,
        [(3, false), (1, true)]
    );
    assert_eq!(
        world.publish(vec![event("k", "4"), event("k", "4")]).await,
        [(4, false), (4, true)]
    );
    let world = world.restart().await;
    assert_eq!(world.publish(vec![event("k", "2")]).await, [(2, true)]);
}

#[tokio::test(start_paused = true)]
async fn invalid_events_are_refused_together() {
    let world = World::new().await;
    let status = world.client().publish(vec![event("k", "1"), event("k", "")]).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
    assert_eq!(status.message(), "events[1].id: must not be empty");
    assert_eq!(world.status().await.last_sequence, 0);
}

#[tokio::test(start_paused = true)]
async fn b8_a_full_log_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path().join("bus.db"));
    config.limits.log_bytes = 300;
    let world = World { broker: Broker::open(config).await.unwrap(), folder };
    world.publish(vec![event("k", "1")]).await;
    let big = event("k", "2").with_attribute("pad", "x".repeat(300));
    let status = world.client().publish(vec![big]).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::ResourceExhausted);
}

//! B9, B10 and what an operator does: retention, status, forgetting a group, ending the bus.

use std::time::{Duration, SystemTime};

use contracts::treaty::bus::v1 as proto;
use tokio_util::sync::CancellationToken;
use treaty_bus::broker::{Broker, Clock, Config};

use crate::world::{World, event, group};

#[tokio::test(start_paused = true)]
async fn b9_retention_deletes_what_is_old_and_needed_by_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path().join("bus.db"));
    config.clock = Clock::tokio(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000));
    config.retention = Duration::from_secs(3600);
    let world = World { broker: Broker::open(config).await.unwrap(), folder };
    world.publish((1..=4).map(|id| event(&id.to_string(), &id.to_string())).collect()).await;
    let mut consumer = world.consumer(group("g"), 3).await;
    consumer.all().await;
    consumer.ack(1).await;
    consumer.ack(3).await;
    consumer.all().await;
    tokio::time::advance(Duration::from_secs(3700)).await;
    world.status().await;
    world.status().await;
    let status = world.status().await;
    assert_eq!(status.topics[0].events, 3, "2 and what follows is still needed");
    assert_eq!(status.last_sequence, 4);
    assert_eq!(world.publish(vec![event("1", "1")]).await, [(5, false)], "1 is forgotten");
}

#[tokio::test(start_paused = true)]
async fn b10_status_tells_how_groups_and_topics_are() {
    let world = World::new().await;
    world.publish(vec![event("a", "1"), event("a", "2"), event("b", "3")]).await;
    let open = proto::OpenGroup { consumer: "one".to_owned(), ..group("g") };
    let mut consumer = world.consumer(open, 10).await;
    consumer.all().await;
    consumer.nack(1, 1, 0).await;
    consumer.all().await;
    let status = world.status().await;
    let group = &status.groups[0];
    assert_eq!(group.consumers, ["one"]);
    assert_eq!((group.pending, group.in_flight, group.redeliveries), (3, 2, 1));
    assert!(group.oldest_age.is_some());
    assert_eq!((status.topics[0].topic.as_str(), status.topics[0].events), ("test.v1.Happened", 3));
    assert!(status.topics[0].bytes > 0);
}

#[tokio::test(start_paused = true)]
async fn a_group_is_forgotten_only_when_nobody_consumes_it() {
    let world = World::new().await;
    let consumer = world.consumer(group("g"), 1).await;
    let request = || proto::DeleteGroupRequest { group: "g".to_owned() };
    let refused = world.client().grpc().delete_group(request()).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
    consumer.leave().await;
    world.client().grpc().delete_group(request()).await.unwrap();
    assert!(world.status().await.groups.is_empty());
    let unknown = world.client().grpc().delete_group(request()).await.unwrap_err();
    assert_eq!(unknown.code(), tonic::Code::NotFound);
}

#[tokio::test(start_paused = true)]
async fn an_ending_bus_tells_its_consumers_and_refuses_calls() {
    let world = World::new().await;
    let client = world.client();
    let consumer = world.consumer(group("g"), 1).await;
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    world.broker.run(shutdown).await.unwrap();
    let refused = client.publish(vec![event("k", "1")]).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unavailable);
    drop(consumer);
}

//! B3, B4 and B5: to every group at least once, in order per key, settled once.

use std::collections::HashMap;
use std::time::Duration;

use contracts::treaty::bus::v1 as proto;
use proto::start_position::Position;
use proto::subscribe_request::Verb;

use crate::world::{World, event, group, seconds};

fn ids(deliveries: &[(String, u32)]) -> Vec<&str> {
    deliveries.iter().map(|(id, _)| id.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn b3_every_group_gets_every_event_and_instances_share_them() {
    let world = World::new().await;
    let mut alone = world.consumer(group("alone"), 100).await;
    let mut one = world.consumer(group("shared"), 100).await;
    let mut two = world.consumer(group("shared"), 100).await;
    world.publish((0..10).map(|id| event(&id.to_string(), &id.to_string())).collect()).await;
    assert_eq!(alone.all().await.len(), 10);
    let (one, two) = (one.all().await, two.all().await);
    assert_eq!((one.len(), two.len()), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn b3_a_cursor_outlives_consumer_and_bus() {
    let world = World::new().await;
    world.publish((1..=4).map(|id| event(&id.to_string(), &id.to_string())).collect()).await;
    let mut consumer = world.consumer(group("g"), 3).await;
    assert_eq!(ids(&consumer.all().await), ["1", "2", "3"]);
    consumer.ack(1).await;
    consumer.ack(3).await;
    consumer.leave().await;
    let world = world.restart().await;
    let mut consumer = world.consumer(group("g"), 10).await;
    assert_eq!(consumer.all().await, [("2".to_owned(), 2), ("4".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn b3_a_group_starts_where_it_says() {
    let world = World::new().await;
    world.publish((1..=3).map(|id| event(&id.to_string(), &id.to_string())).collect()).await;
    for (name, position) in [
        ("first", Position::First(proto::start_position::First {})),
        ("new", Position::New(proto::start_position::New {})),
        ("sequence", Position::Sequence(3)),
        ("future", Position::Sequence(u64::MAX)),
        ("time", Position::Time(prost_types::Timestamp::default())),
    ] {
        let world = world.client();
        let start = Some(proto::StartPosition { position: Some(position) });
        let open = proto::OpenGroup { start, ..group(name) };
        let consumer = crate::world::Consumer::open(&world, open).await.unwrap();
        consumer.leave().await;
    }
    world.publish(vec![event("4", "4")]).await;
    for (name, expected) in [
        ("first", vec!["1", "2", "3", "4"]),
        ("new", vec!["4"]),
        ("sequence", vec!["3", "4"]),
        ("future", vec!["4"]),
        ("time", vec!["1", "2", "3", "4"]),
    ] {
        let mut consumer = world.consumer(group(name), 10).await;
        assert_eq!(ids(&consumer.all().await), expected, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn b3_a_filter_selects_types() {
    let world = World::new().await;
    let of = |type_name: &str| {
        treaty_bus::Event::new("//test", type_name, "k", &()).with_id(type_name.to_owned())
    };
    world.publish(vec![of("a.v1.One"), of("a.v1.Two"), of("a.v10.One"), of("b.v1.One")]).await;
    let types = vec!["a.v1.*".to_owned(), "b.v1.One".to_owned()];
    let mut consumer = world.consumer(proto::OpenGroup { types, ..group("g") }, 10).await;
    for (sequence, id) in [(1, "a.v1.One"), (2, "a.v1.Two"), (4, "b.v1.One")] {
        assert_eq!(ids(&consumer.all().await), [id]);
        consumer.ack(sequence).await;
    }
    assert_eq!(consumer.all().await, []);
    assert_eq!(world.status().await.groups[0].pending, 0);
}

#[tokio::test(start_paused = true)]
async fn b3_no_more_is_in_flight_than_allowed() {
    let world = World::new().await;
    world.publish((0..10).map(|id| event(&id.to_string(), &id.to_string())).collect()).await;
    let open = proto::OpenGroup { max_in_flight: 3, ..group("g") };
    let mut consumer = world.consumer(open, 100).await;
    assert_eq!(consumer.all().await.len(), 3);
    consumer.ack(1).await;
    assert_eq!(ids(&consumer.all().await), ["3"]);
}

#[tokio::test(start_paused = true)]
async fn b4_no_answer_within_the_wait_is_another_attempt() {
    let world = World::new().await;
    world.publish(vec![event("k", "1")]).await;
    let open = proto::OpenGroup { ack_wait: seconds(30), ..group("g") };
    let mut consumer = world.consumer(open, 10).await;
    assert_eq!(consumer.all().await, [("1".to_owned(), 1)]);
    tokio::time::advance(Duration::from_secs(20)).await;
    consumer.say(Verb::InProgress(proto::InProgress { sequence: 1, attempt: 1 })).await;
    assert_eq!(consumer.all().await, []);
    tokio::time::advance(Duration::from_secs(20)).await;
    assert_eq!(consumer.all().await, [], "in-progress starts the wait anew");
    tokio::time::advance(Duration::from_secs(11)).await;
    assert_eq!(consumer.all().await, [("1".to_owned(), 2)]);
}

#[tokio::test(start_paused = true)]
async fn b4_a_late_acknowledgement_counts_once() {
    let world = World::new().await;
    world.publish(vec![event("k", "1"), event("k", "2")]).await;
    let open = proto::OpenGroup { ack_wait: seconds(30), ..group("g") };
    let mut consumer = world.consumer(open, 10).await;
    consumer.all().await;
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(consumer.all().await, [("1".to_owned(), 2)]);
    // The first attempt is acknowledged late, then the second, then the first once more.
    for _ in 0..3 {
        consumer.ack(1).await;
    }
    assert_eq!(consumer.all().await, [("2".to_owned(), 1)]);
    // An older attempt's failure does not touch the newer one.
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(consumer.all().await, [("2".to_owned(), 2)]);
    consumer.nack(2, 1, 0).await;
    consumer.reject(2, 1).await;
    assert_eq!(consumer.all().await, []);
    assert_eq!(world.status().await.groups[0].in_flight, 1);
}

#[tokio::test(start_paused = true)]
async fn b4_a_negative_answer_waits_as_long_as_it_says_also_over_a_restart() {
    let world = World::new().await;
    world.publish(vec![event("k", "1")]).await;
    let mut consumer = world.consumer(group("g"), 10).await;
    consumer.all().await;
    consumer.nack(1, 1, 60).await;
    assert_eq!(consumer.all().await, []);
    tokio::time::advance(Duration::from_secs(59)).await;
    assert_eq!(consumer.all().await, []);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(consumer.all().await, [("1".to_owned(), 2)]);
    consumer.nack(1, 2, 3600).await;
    consumer.leave().await;
    let world = world.restart().await;
    let mut consumer = world.consumer(group("g"), 10).await;
    assert_eq!(consumer.all().await, []);
    tokio::time::advance(Duration::from_secs(3600)).await;
    assert_eq!(consumer.all().await, [("1".to_owned(), 3)]);
}

#[tokio::test(start_paused = true)]
async fn b4_a_consumer_that_goes_gives_back_at_once() {
    let world = World::new().await;
    world.publish(vec![event("k", "1")]).await;
    let mut gone = world.consumer(group("g"), 10).await;
    assert_eq!(gone.all().await, [("1".to_owned(), 1)]);
    let mut other = world.consumer(group("g"), 10).await;
    assert_eq!(other.all().await, []);
    drop(gone);
    assert_eq!(other.all().await, [("1".to_owned(), 2)]);
}

#[tokio::test(start_paused = true)]
async fn b5_one_outstanding_per_key_others_in_parallel() {
    let world = World::new().await;
    let events = ["a1", "a2", "b1", "a3", "b2", "c1"].map(|id| event(&id[..1], id));
    world.publish(events.to_vec()).await;
    let mut consumer = world.consumer(group("g"), 100).await;
    assert_eq!(ids(&consumer.all().await), ["a1", "b1", "c1"]);
    consumer.ack(3).await;
    assert_eq!(ids(&consumer.all().await), ["b2"], "past the key that is still held");
    consumer.nack(1, 1, 0).await;
    assert_eq!(consumer.all().await, [("a1".to_owned(), 2)]);
    consumer.ack(1).await;
    assert_eq!(ids(&consumer.all().await), ["a2"]);
    consumer.reject(2, 1).await;
    assert_eq!(ids(&consumer.all().await), ["a3"]);
}

#[tokio::test(start_paused = true)]
async fn b5_partitionkey_goes_before_subject_and_no_key_is_no_order() {
    let world = World::new().await;
    let keyed = |subject, id| event(subject, id).with_key("same");
    world.publish(vec![keyed("x", "1"), keyed("y", "2"), event("", "3"), event("", "4")]).await;
    let mut consumer = world.consumer(group("g"), 100).await;
    assert_eq!(ids(&consumer.all().await), ["1", "3", "4"]);
}

#[tokio::test(start_paused = true)]
async fn b5_a_long_blocked_key_does_not_hold_up_others() {
    let world = World::new().await;
    for batch in 0..3 {
        let hot = (0..900).map(|id| event("hot", &format!("{batch}-{id}")));
        world.publish(hot.collect()).await;
    }
    world.publish(vec![event("cold", "cold")]).await;
    let mut consumer = world.consumer(group("g"), 10).await;
    assert_eq!(ids(&consumer.all().await), ["0-0", "cold"]);
    assert_eq!(world.status().await.groups[0].pending, 2701);
    consumer.ack(1).await;
    assert_eq!(ids(&consumer.all().await), ["0-1"]);
    consumer.leave().await;
    let world = world.restart().await;
    let mut consumer = world.consumer(group("g"), 10).await;
    assert_eq!(ids(&consumer.all().await), ["0-1", "cold"]);
}

#[tokio::test(start_paused = true)]
async fn b7_a_group_that_is_moved_back_sees_marked_events() {
    let world = World::new().await;
    world.publish(vec![event("a", "1"), event("b", "2")]).await;
    let mut consumer = world.consumer(group("g"), 10).await;
    consumer.all().await;
    consumer.ack(1).await;
    consumer.ack(2).await;
    consumer.all().await;
    let position = Some(proto::StartPosition { position: Some(Position::Sequence(2)) });
    let request = proto::SeekGroupRequest { group: "g".to_owned(), position };
    world.client().grpc().seek_group(request).await.unwrap();
    world.publish(vec![event("c", "3")]).await;
    let mut marks = HashMap::new();
    while let Some(delivery) = consumer.next().await {
        marks.insert(delivery.sequence, delivery.replayed);
    }
    assert_eq!(marks, HashMap::from([(2, true), (3, false)]));
}

#[tokio::test(start_paused = true)]
async fn b8_a_consumer_gets_no_more_than_its_credits() {
    let world = World::new().await;
    world.publish((0..10).map(|id| event(&id.to_string(), &id.to_string())).collect()).await;
    let mut consumer = world.consumer(group("g"), 2).await;
    assert_eq!(consumer.all().await.len(), 2);
    consumer.say(Verb::Credit(proto::Credit { deliveries: 3 })).await;
    assert_eq!(consumer.all().await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn wrong_groups_are_refused() {
    let world = World::new().await;
    for open in [
        group(""),
        group("Upper"),
        proto::OpenGroup { types: vec!["a*".to_owned()], ..group("g") },
        proto::OpenGroup { ack_wait: seconds(0), ..group("g") },
        proto::OpenGroup { ack_wait: seconds(-1), ..group("g") },
        proto::OpenGroup { on_dead_letter: 77, ..group("g") },
    ] {
        let opened = crate::world::Consumer::open(&world.client(), open.clone()).await;
        assert_eq!(opened.err().unwrap().code(), tonic::Code::InvalidArgument, "{open:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_that_a_consumer_says_stops_the_bus() {
    let world = World::new().await;
    world.publish(vec![event("k", "1")]).await;
    let forever = Some(prost_types::Duration { seconds: i64::MAX, nanos: i32::MAX });
    let open = proto::OpenGroup {
        ack_wait: forever,
        backoff: vec![prost_types::Duration { seconds: i64::MAX, nanos: 0 }],
        max_in_flight: u32::MAX,
        max_deliveries: u32::MAX,
        ..group("g")
    };
    let mut consumer = world.consumer(open, u32::MAX).await;
    assert_eq!(consumer.all().await, [("1".to_owned(), 1)]);
    for sequence in [0, 1, 2, u64::MAX] {
        for attempt in [0, 2, u32::MAX] {
            consumer.nack(sequence, attempt, i64::MAX).await;
            consumer.reject(sequence, attempt).await;
            consumer.say(Verb::InProgress(proto::InProgress { sequence, attempt })).await;
        }
    }
    for sequence in [0, 2, u64::MAX] {
        consumer.ack(sequence).await;
    }
    consumer.say(Verb::Credit(proto::Credit { deliveries: u32::MAX })).await;
    consumer.nack(1, 1, i64::MAX).await;
    assert_eq!(consumer.all().await, []);
    let status = world.status().await;
    assert_eq!((status.groups[0].pending, status.groups[0].in_flight), (1, 0));
    world.restart().await.status().await;
}

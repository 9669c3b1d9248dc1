//! B6: what cannot be handled is kept, shown, and given again.

use contracts::treaty::bus::v1 as proto;

use crate::world::{Consumer, World, event, group};

async fn list(world: &World) -> Vec<proto::DeadLetter> {
    let request = proto::ListDeadLettersRequest::default();
    world.client().grpc().list_dead_letters(request).await.unwrap().into_inner().dead_letters
}

async fn redrive_all(world: &World) -> u32 {
    let request = proto::RedriveDeadLettersRequest {
        group: "g".to_owned(),
        all: true,
        ..proto::RedriveDeadLettersRequest::default()
    };
    world.client().grpc().redrive_dead_letters(request).await.unwrap().into_inner().redriven
}

async fn purge_all(world: &World) -> u32 {
    let request = proto::PurgeDeadLettersRequest {
        group: "g".to_owned(),
        all: true,
        ..proto::PurgeDeadLettersRequest::default()
    };
    world.client().grpc().purge_dead_letters(request).await.unwrap().into_inner().purged
}

async fn failing(world: &World, open: proto::OpenGroup) -> Consumer {
    world.publish(vec![event("k", "1"), event("k", "2")]).await;
    let mut consumer = world.consumer(open, 100).await;
    for attempt in 1..=3 {
        assert_eq!(consumer.all().await, [("1".to_owned(), attempt)]);
        consumer.nack(1, attempt, 0).await;
    }
    consumer
}

fn three() -> proto::OpenGroup {
    proto::OpenGroup { max_deliveries: 3, ..group("g") }
}

#[tokio::test(start_paused = true)]
async fn b6_after_max_deliveries_the_event_is_kept_unchanged() {
    let world = World::new().await;
    let mut consumer = failing(&world, three()).await;
    assert_eq!(consumer.all().await, [("2".to_owned(), 1)]);
    let request = proto::GetDeadLetterRequest { group: "g".to_owned(), sequence: 1 };
    let answer = world.client().grpc().get_dead_letter(request).await.unwrap().into_inner();
    let letter = answer.dead_letter.unwrap();
    let kept = treaty_bus::Event::from(letter.event.unwrap());
    assert_eq!((kept.id(), kept.decode::<String>().unwrap().as_str()), ("1", "1"));
    assert_eq!(letter.attempts, 3);
    assert_eq!(
        (letter.first_error.as_str(), letter.last_error.as_str()),
        ("failure 1", "failure 3")
    );
    assert_eq!(letter.code, i32::from(proto::DeadLetterCode::MaxDeliveries));
    assert!(letter.dead_time.is_some());
    let listed = list(&world).await;
    assert_eq!(listed.len(), 1);
    assert!(listed[0].event.as_ref().unwrap().data.is_none(), "a list is without data");
    assert_eq!(world.status().await.groups[0].dead_letters, 1);
}

#[tokio::test(start_paused = true)]
async fn b6_redrive_keeps_the_id_and_settling_removes_the_letter() {
    let world = World::new().await;
    let mut consumer = failing(&world, three()).await;
    consumer.all().await;
    consumer.ack(2).await;
    assert_eq!(redrive_all(&world).await, 1);
    assert_eq!(redrive_all(&world).await, 0, "it is on its way already");
    assert_eq!(consumer.all().await, [("1".to_owned(), 4)]);
    // Over a restart it is still on its way.
    consumer.leave().await;
    let world = world.restart().await;
    let mut consumer = world.consumer(three(), 100).await;
    let delivered = consumer.all().await;
    assert_eq!(delivered[0].0, "1");
    consumer.ack(1).await;
    consumer.all().await;
    assert!(list(&world).await.is_empty());
    assert_eq!(world.status().await.groups[0].pending, 0);
}

#[tokio::test(start_paused = true)]
async fn b6_a_redriven_event_that_fails_again_is_a_dead_letter_again() {
    let world = World::new().await;
    let mut consumer = failing(&world, three()).await;
    consumer.all().await;
    redrive_all(&world).await;
    consumer.ack(2).await;
    assert_eq!(consumer.all().await, [("1".to_owned(), 4)]);
    consumer.reject(1, 4).await;
    consumer.all().await;
    let letters = list(&world).await;
    assert_eq!((letters[0].attempts, letters[0].redriving), (4, false));
    assert_eq!(letters[0].code, i32::from(proto::DeadLetterCode::Rejected));
    assert_eq!(letters[0].first_error, "failure 1");
    assert_eq!(letters[0].last_error, "poison");
}

#[tokio::test(start_paused = true)]
async fn b5_a_parked_key_waits_for_its_dead_letter() {
    let world = World::new().await;
    let policy = proto::DeadLetterPolicy::ParkKey.into();
    let open = proto::OpenGroup { on_dead_letter: policy, ..three() };
    let mut consumer = failing(&world, open.clone()).await;
    assert_eq!(consumer.all().await, []);
    world.publish(vec![event("other", "3")]).await;
    assert_eq!(consumer.all().await, [("3".to_owned(), 1)], "other keys go on");
    assert_eq!(world.status().await.groups[0].parked_keys, 1);
    consumer.ack(3).await;
    consumer.leave().await;
    let world = world.restart().await;
    let mut consumer = world.consumer(open, 100).await;
    assert_eq!(consumer.all().await, [], "also over a restart");
    redrive_all(&world).await;
    assert_eq!(consumer.all().await, [("1".to_owned(), 4)]);
    consumer.ack(1).await;
    assert_eq!(consumer.all().await, [("2".to_owned(), 1)], "and then in order");
}

#[tokio::test(start_paused = true)]
async fn b6_purge_deletes_and_lets_a_parked_key_go_on() {
    let world = World::new().await;
    let policy = proto::DeadLetterPolicy::ParkKey.into();
    let mut consumer =
        failing(&world, proto::OpenGroup { on_dead_letter: policy, ..three() }).await;
    assert_eq!(consumer.all().await, []);
    assert_eq!(purge_all(&world).await, 1);
    assert_eq!(consumer.all().await, [("2".to_owned(), 1)]);
    assert!(list(&world).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn b6_lists_come_in_pages() {
    let world = World::new().await;
    world.publish((0..5).map(|id| event(&id.to_string(), &id.to_string())).collect()).await;
    let mut consumer = world.consumer(group("g"), 10).await;
    consumer.all().await;
    for sequence in 1..=5 {
        consumer.reject(sequence, 1).await;
    }
    consumer.all().await;
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            proto::ListDeadLettersRequest { page_size: 2, page_token, group: "g".to_owned() };
        let page = world.client().grpc().list_dead_letters(request).await.unwrap().into_inner();
        seen.extend(page.dead_letters.into_iter().map(|letter| letter.sequence));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, [1, 2, 3, 4, 5]);
}

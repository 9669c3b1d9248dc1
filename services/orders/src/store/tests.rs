//! The store on real files, with one instance and with several.

use std::collections::HashSet;

use treaty_bus::Event;

use super::*;
use crate::money::Money;
use crate::order::{Draft, Line, Order, State, Wanted};
use crate::page::Page;

const GROUP: &str = "orders";

async fn open(folder: &tempfile::TempDir) -> Store {
    Store::open(&folder.path().join("new/orders.db")).await.unwrap()
}

fn order(customer: &str) -> Order {
    let price = Money::new("EUR".to_owned(), 6, 900_000_000).unwrap();
    let wanted = Wanted { sku: "TEA".to_owned(), quantity: 2 };
    let draft = Draft {
        customer_id: customer.to_owned(),
        idempotency_key: String::new(),
        lines: vec![wanted],
    };
    let line = |sku: &str| Line { sku: sku.to_owned(), quantity: 2, unit_price: price.clone() };
    let lines = vec![line("TEA"), line("CUP")];
    let total = Money::total(lines.iter().map(|line| (&line.unit_price, line.quantity))).unwrap();
    Order::confirm(&draft, lines, total)
}

fn event() -> Event {
    Event::new("//test", "test.v1.Happened", "key", &())
}

async fn record(store: &Store, order: &Order, key: &str) -> Recorded {
    store.record(order.clone(), key.to_owned(), event()).await.unwrap()
}

async fn depth(store: &Store) -> u64 {
    store.outbox().call(|database| treaty_bus::outbox::depth(database)).await.unwrap()
}

#[tokio::test]
async fn what_was_recorded_is_read_by_every_instance_and_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (open(&folder).await, open(&folder).await);
    let order = order("ada");
    assert_eq!(record(&here, &order, "k").await, Recorded::Now);
    assert_eq!(there.order(order.order_id.clone()).await.unwrap(), Some(order.clone()));
    drop((here, there));
    let later = open(&folder).await;
    let found = later.order_of_key("ada".to_owned(), "k".to_owned()).await.unwrap();
    assert_eq!(found, Some(order));
    assert_eq!(depth(&later).await, 1);
}

#[tokio::test]
async fn one_key_has_one_order_and_one_event_whoever_records_it() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (open(&folder).await, open(&folder).await);
    let (one, two) = (order("ada"), order("ada"));
    let (first, second) = tokio::join!(record(&here, &one, "k"), record(&there, &two, "k"));
    match (first, second) {
        (Recorded::Now, Recorded::Before(before)) => assert_eq!(before, one),
        (Recorded::Before(before), Recorded::Now) => assert_eq!(before, two),
        both => panic!("{both:?}"),
    }
    assert_eq!(depth(&here).await, 1);
    assert_eq!(record(&here, &order("bob"), "k").await, Recorded::Now);
}

#[tokio::test]
async fn an_order_without_its_event_is_no_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let order = order("ada");
    let nameless = event().with_id("");
    let failed = store.record(order.clone(), "k".to_owned(), nameless).await.unwrap_err();
    assert!(matches!(failed, StoreError::Enqueue(EnqueueError::Invalid(_))));
    assert_eq!(store.order(order.order_id).await.unwrap(), None);
}

#[tokio::test]
async fn an_order_ships_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let order = order("ada");
    record(&store, &order, "k").await;
    let (first, other) = (event(), event());
    let ship = |event: &Event, code: &str| {
        store.ship(GROUP, event.clone(), order.order_id.clone(), code.to_owned())
    };
    assert!(ship(&first, "T1").await.unwrap());
    assert!(!ship(&first, "T1").await.unwrap());
    assert!(!ship(&other, "T2").await.unwrap());
    let shipped = store.order(order.order_id.clone()).await.unwrap().unwrap();
    assert_eq!(shipped.state, State::Shipped { tracking_code: "T1".to_owned() });
}

#[tokio::test]
async fn a_shipment_of_an_unknown_order_may_be_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let (order, event) = (order("ada"), event());
    let ship = || store.ship(GROUP, event.clone(), order.order_id.clone(), "T".to_owned());
    assert!(matches!(ship().await.unwrap_err(), StoreError::UnknownOrder(_)));
    record(&store, &order, "k").await;
    assert!(ship().await.unwrap());
}

#[tokio::test]
async fn pages_cover_every_order_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let mut expected = Vec::new();
    for i in 0..11 {
        let order = order(if i % 2 == 0 { "ada" } else { "bob" });
        record(&store, &order, &i.to_string()).await;
        expected.push(order);
    }
    for (customer, size) in [("", 4), ("ada", 2), ("bob", 5), ("ada", 6)] {
        let (mut seen, mut after) = (Vec::new(), Some(0));
        while let Some(last) = after {
            let page = Page { customer_id: customer.to_owned(), after: last, size };
            let (orders, next) = store.page(page).await.unwrap();
            assert!(orders.len() <= size as usize);
            seen.extend(orders);
            after = next;
        }
        let wanted: Vec<_> = expected
            .iter()
            .filter(|order| customer.is_empty() || order.customer_id == customer)
            .cloned()
            .collect();
        assert_eq!(seen, wanted);
    }
}

#[tokio::test]
async fn instances_write_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (open(&folder).await, open(&folder).await);
    let writing: Vec<_> = (0..40)
        .map(|i| {
            let store = if i % 2 == 0 { here.clone() } else { there.clone() };
            tokio::spawn(async move { record(&store, &order("ada"), &i.to_string()).await })
        })
        .collect();
    for written in writing {
        assert_eq!(written.await.unwrap(), Recorded::Now);
    }
    let page = Page { customer_id: String::new(), after: 0, size: 100 };
    let (orders, _) = there.page(page).await.unwrap();
    let ids: HashSet<_> = orders.into_iter().map(|order| order.order_id).collect();
    assert_eq!((ids.len(), depth(&here).await), (40, 40));
}

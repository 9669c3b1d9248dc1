//! The store on real files, with one instance and with several.

use treaty_bus::Event;

use super::*;
use crate::page::Page;
use crate::shipment::{Line, Shipment, State};

const GROUP: &str = "dispatch";

async fn open(folder: &tempfile::TempDir) -> Store {
    Store::open(&folder.path().join("new/dispatch.db")).await.unwrap()
}

fn shipment(order_id: &str) -> Shipment {
    let line = |sku: &str| Line { sku: sku.to_owned(), quantity: 2 };
    Shipment::open(order_id.to_owned(), vec![line("TEA"), line("CUP")])
}

fn event() -> Event {
    Event::new("//test", "test.v1.Happened", "key", &())
}

async fn opened(store: &Store, shipment: &Shipment) -> bool {
    store.open_shipment(GROUP, event(), shipment.clone()).await.unwrap()
}

async fn mark(store: &Store, shipment: &Shipment, code: &str) -> Marked {
    let id = shipment.shipment_id.clone();
    store.mark(id, code.to_owned(), |_, _, _| event()).await.unwrap()
}

async fn depth(store: &Store) -> u64 {
    store.outbox().call(|database| treaty_bus::outbox::depth(database)).await.unwrap()
}

#[tokio::test]
async fn an_order_has_one_shipment_whoever_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (open(&folder).await, open(&folder).await);
    let (one, two, event) = (shipment("o-1"), shipment("o-1"), event());
    let (first, second) = tokio::join!(
        here.open_shipment(GROUP, event.clone(), one.clone()),
        there.open_shipment(GROUP, event.clone(), two.clone()),
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(first != second);
    let kept = if first { one } else { two };
    assert!(!opened(&there, &shipment("o-1")).await);
    let page = Page { order_id: "o-1".to_owned(), after: 0, size: 10 };
    assert_eq!(here.page(page).await.unwrap(), (vec![kept.clone()], None));
    drop((here, there));
    let later = open(&folder).await;
    assert_eq!(later.shipment(kept.shipment_id.clone()).await.unwrap(), Some(kept));
}

#[tokio::test]
async fn a_shipment_leaves_once_with_one_event_whoever_marks_it() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (open(&folder).await, open(&folder).await);
    let shipment = shipment("o-1");
    assert!(opened(&here, &shipment).await);
    let (first, second) = tokio::join!(mark(&here, &shipment, "T1"), mark(&there, &shipment, "T2"));
    let (left, code) = match (first, second) {
        (Marked::Now(left), Marked::Before { tracking_code })
        | (Marked::Before { tracking_code }, Marked::Now(left)) => (left, tracking_code),
        both => panic!("{both:?}"),
    };
    assert!(matches!(&left.state, State::Shipped { tracking_code, .. } if *tracking_code == code));
    assert_eq!(there.shipment(shipment.shipment_id).await.unwrap(), Some(left));
    assert_eq!(depth(&here).await, 1);
}

#[tokio::test]
async fn a_shipment_does_not_leave_without_its_event() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let shipment = shipment("o-1");
    assert!(opened(&store, &shipment).await);
    let id = shipment.shipment_id.clone();
    let nameless = |_: &Shipment, _: &str, _| event().with_id("");
    let failed = store.mark(id.clone(), "T".to_owned(), nameless).await.unwrap_err();
    assert!(matches!(failed, StoreError::Enqueue(EnqueueError::Invalid(_))));
    assert_eq!(store.shipment(id).await.unwrap(), Some(shipment));
}

#[tokio::test]
async fn what_was_never_opened_does_not_leave() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    assert_eq!(mark(&store, &shipment("o-1"), "T1").await, Marked::Unknown);
    assert_eq!(depth(&store).await, 0);
}

#[tokio::test]
async fn pages_cover_every_shipment_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let mut expected = Vec::new();
    for i in 0..10 {
        let shipment = shipment(&i.to_string());
        assert!(opened(&store, &shipment).await);
        expected.push(shipment);
    }
    for size in [1, 3, 5, 10, 11] {
        let (mut seen, mut after) = (Vec::new(), Some(0));
        while let Some(last) = after {
            let page = Page { order_id: String::new(), after: last, size };
            let (shipments, next) = store.page(page).await.unwrap();
            assert!(shipments.len() <= size as usize);
            seen.extend(shipments);
            after = next;
        }
        assert_eq!(seen, expected);
    }
}

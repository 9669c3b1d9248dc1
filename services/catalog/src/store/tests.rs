//! The store on real files, with one instance and with several.

use treaty_bus::Event;

use super::*;
use crate::product::{Stock, Take};
use crate::seed::{self, Seed};

const GROUP: &str = "catalog";

async fn open(folder: &tempfile::TempDir) -> Store {
    let store = Store::open(&folder.path().join("new/catalog.db")).await.unwrap();
    store.seed(seed::ASSORTMENT).await.unwrap();
    store
}

fn event() -> Event {
    Event::new("//orders/order", "test.v1.OrderPlaced", "", &())
}

fn pieces(quantity: u32) -> Vec<Take> {
    vec![Take { sku: seed::RAREST.to_owned(), quantity }]
}

async fn stock(store: &Store) -> Stock {
    store.product(seed::RAREST.to_owned()).await.unwrap().unwrap().stock
}

#[tokio::test]
async fn an_event_takes_its_pieces_once_whoever_hears_it() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (open(&folder).await, open(&folder).await);
    let event = event();
    let (one, two) = tokio::join!(
        here.take(GROUP, event.clone(), pieces(1)),
        there.take(GROUP, event.clone(), pieces(1)),
    );
    assert_eq!(u8::from(one.unwrap()) + u8::from(two.unwrap()), 1);
    assert!(!here.take(GROUP, event, pieces(1)).await.unwrap());
    assert_eq!(stock(&here).await, Stock(2));
}

#[tokio::test]
async fn a_race_may_oversell_and_nobody_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    assert!(store.take(GROUP, event(), pieces(2)).await.unwrap());
    assert!(store.take(GROUP, event(), pieces(2)).await.unwrap());
    let below = stock(&store).await;
    assert_eq!((below, below.shown()), (Stock(-1), 0));
    let revision = store.levels_since(None).await.unwrap().revision;
    assert!(store.take(GROUP, event(), pieces(2)).await.unwrap());
    assert_eq!(store.levels_since(Some(revision)).await.unwrap().levels, []);
}

#[tokio::test]
async fn an_unknown_product_takes_nothing_and_may_be_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let event = event();
    let mut wrong = pieces(1);
    wrong.push(Take { sku: "TEA-NONE".to_owned(), quantity: 1 });
    let refused = store.take(GROUP, event.clone(), wrong).await.unwrap_err();
    assert!(matches!(refused, StoreError::UnknownProduct(sku) if sku == "TEA-NONE"));
    assert_eq!(stock(&store).await, Stock(3));
    assert!(store.take(GROUP, event, pieces(1)).await.unwrap());
}

#[tokio::test]
async fn a_second_start_adds_what_is_new_and_keeps_what_is_there() {
    const LATER: &[Seed] = &[
        Seed { sku: seed::RAREST, name: "", description: "", price_cents: 1, stock: 9 },
        Seed { sku: "NEW-1", name: "", description: "", price_cents: 1, stock: 9 },
    ];
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let revision = store.levels_since(None).await.unwrap().revision;
    store.seed(LATER).await.unwrap();
    assert_eq!(stock(&store).await, Stock(3));
    let levels = store.levels_since(Some(revision)).await.unwrap().levels;
    assert_eq!(levels.len(), 1);
    assert_eq!(levels[0].sku, "NEW-1");
}

#[tokio::test]
async fn instances_may_start_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let starting: Vec<_> = (0..8)
        .map(|_| {
            let path = folder.path().join("catalog.db");
            tokio::spawn(async move {
                let store = Store::open(&path).await?;
                store.seed(seed::ASSORTMENT).await
            })
        })
        .collect();
    for started in starting {
        started.await.unwrap().unwrap();
    }
}

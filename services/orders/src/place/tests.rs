//! Placing orders with a catalog that answers what the test says.

use std::sync::Mutex;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::*;
use crate::assortment::NoOffers;
use crate::order::Wanted;

/// Sells what it is told; nothing told, and it is away.
#[derive(Default)]
struct Fake(Mutex<Option<Vec<Offer>>>);

impl Fake {
    fn sells(sku: &str, units: i64, stock: u32) -> Self {
        let unit_price = Money::new("EUR".to_owned(), units, 0).unwrap();
        Self(Mutex::new(Some(vec![Offer { sku: sku.to_owned(), unit_price, stock }])))
    }
}

impl Assortment for Fake {
    async fn offers(&self, _: Vec<String>) -> Result<Vec<Offer>, NoOffers> {
        let away = || NoOffers::Away(Status::unavailable("10.0.0.7:1234 refused the connection"));
        self.0.lock().unwrap().clone().ok_or_else(away)
    }
}

struct World {
    _folder: tempfile::TempDir,
    store: Store,
    wake: Wake,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("orders.db")).await.unwrap();
        Self { _folder: folder, store, wake: Wake::default() }
    }

    async fn place(&self, catalog: &Fake, draft: Draft) -> Result<Order, Status> {
        Ok(place(draft, &self.store, catalog, &self.wake).await?)
    }

    async fn events(&self) -> u64 {
        let depth = self.store.outbox().call(|database| treaty_bus::outbox::depth(database)).await;
        depth.unwrap()
    }
}

fn draft(sku: &str, quantity: u32) -> Draft {
    Draft {
        customer_id: "ada".to_owned(),
        idempotency_key: "first".to_owned(),
        lines: vec![Wanted { sku: sku.to_owned(), quantity }],
    }
}

#[tokio::test]
async fn an_order_is_priced_confirmed_and_announced() {
    let world = World::new().await;
    let order = world.place(&Fake::sells("TEA", 7, 10), draft("TEA", 3)).await.unwrap();
    assert_eq!(order.total, Money::new("EUR".to_owned(), 21, 0).unwrap());
    assert_eq!(world.store.order(order.order_id.clone()).await.unwrap(), Some(order));
    assert_eq!(world.events().await, 1);
}

#[tokio::test]
async fn a_repeat_gets_the_same_order_even_without_a_catalog() {
    let world = World::new().await;
    let first = world.place(&Fake::sells("TEA", 7, 10), draft("TEA", 3)).await.unwrap();
    assert_eq!(world.place(&Fake::sells("TEA", 9, 0), draft("TEA", 3)).await.unwrap(), first);
    assert_eq!(world.place(&Fake::default(), draft("TEA", 3)).await.unwrap(), first);
    assert_eq!(world.events().await, 1);
}

#[tokio::test]
async fn of_many_at_the_same_time_one_is_the_order() {
    let world = World::new().await;
    let catalog = Fake::sells("TEA", 7, 10);
    let (one, two, three) = tokio::join!(
        world.place(&catalog, draft("TEA", 3)),
        world.place(&catalog, draft("TEA", 3)),
        world.place(&catalog, draft("TEA", 3)),
    );
    let order = one.unwrap();
    assert_eq!((two.unwrap(), three.unwrap()), (order.clone(), order));
    assert_eq!(world.events().await, 1);
}

#[tokio::test]
async fn a_key_is_not_good_for_another_order() {
    let world = World::new().await;
    let catalog = Fake::sells("TEA", 7, 10);
    let first = world.place(&catalog, draft("TEA", 3)).await.unwrap();
    let status = world.place(&catalog, draft("TEA", 4)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.reason, "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(info.metadata["order_id"], first.order_id);
}

#[tokio::test]
async fn a_sku_that_nobody_sells_is_a_wrong_field() {
    let world = World::new().await;
    let status = world.place(&Fake::sells("TEA", 7, 10), draft("SOAP", 1)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "UNKNOWN_SKU");
    assert_eq!(details.bad_request().unwrap().field_violations[0].field, "lines[0].sku");
    assert_eq!(world.events().await, 0);
}

#[tokio::test]
async fn an_order_over_the_stock_says_how_much_there_is() {
    let world = World::new().await;
    let status = world.place(&Fake::sells("TEA", 7, 2), draft("TEA", 3)).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    let details = status.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!(info.reason, "OUT_OF_STOCK");
    assert_eq!(
        (info.metadata["requested"].as_str(), info.metadata["available"].as_str()),
        ("3", "2")
    );
    assert_eq!(details.precondition_failure().unwrap().violations[0].subject, "TEA");
}

#[tokio::test]
async fn a_total_that_cannot_be_said_is_refused() {
    let world = World::new().await;
    let status = world.place(&Fake::sells("TEA", i64::MAX, 9), draft("TEA", 2)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn without_a_catalog_nothing_is_sold_and_nothing_leaks() {
    let world = World::new().await;
    let status = world.place(&Fake::default(), draft("TEA", 1)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(!status.message().contains("10.0.0.7"), "{status}");
    assert_eq!(world.events().await, 0);
}

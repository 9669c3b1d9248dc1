//! The service without a mesh: a store on a real file and a catalog that sells everything.

use contracts::shop::orders::v1::place_order_request::Line;
use contracts::shop::orders::v1::{Order, OrderState};
use tonic::Code;
use tonic_types::StatusExt as _;
use treaty_bus::Event;

use super::*;
use crate::assortment::{NoOffers, Offer};
use crate::money::Money;

struct SellsAll;

impl Assortment for SellsAll {
    async fn offers(&self, skus: Vec<String>) -> Result<Vec<Offer>, NoOffers> {
        let unit_price = Money::new("EUR".to_owned(), 6, 900_000_000).expect("an amount");
        let offer = |sku| Offer { sku, unit_price: unit_price.clone(), stock: 100 };
        Ok(skus.into_iter().map(offer).collect())
    }
}

async fn service(folder: &tempfile::TempDir) -> Orders<SellsAll> {
    let store = Store::open(&folder.path().join("orders.db")).await.unwrap();
    Orders::new(store, SellsAll, Wake::default(), CancellationToken::new())
}

async fn placed(service: &Orders<SellsAll>, key: &str) -> Order {
    let request = PlaceOrderRequest {
        customer_id: "ada".to_owned(),
        lines: vec![Line { sku: "TEA".to_owned(), quantity: 2, ..Default::default() }],
        idempotency_key: key.to_owned(),
        ..Default::default()
    };
    let answer = service.place_order(Request::new(request)).await.unwrap();
    answer.into_inner().order.unwrap()
}

async fn ship(store: &Store, order: &Order) {
    let event = Event::new("//dispatch/shipment", "test.v1.Shipped", "", &());
    store.ship("orders", event, order.order_id.clone(), "T1".to_owned()).await.unwrap();
}

#[tokio::test]
async fn an_order_is_confirmed_at_once_and_can_be_found() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder).await;
    let order = placed(&service, "one").await;
    assert_eq!(order.state(), OrderState::Confirmed);
    let total = order.total.clone().unwrap();
    assert_eq!((total.units, total.nanos), (13, 800_000_000));
    let request = GetOrderRequest { order_id: order.order_id.clone(), ..Default::default() };
    let found = service.get_order(Request::new(request)).await.unwrap().into_inner();
    assert_eq!(found.order, Some(order));
}

#[tokio::test]
async fn a_list_goes_on_where_its_token_says() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder).await;
    let (one, two) = (placed(&service, "one").await, placed(&service, "two").await);
    let list = |page_token| {
        let customer_id = "ada".to_owned();
        service.list_orders(Request::new(ListOrdersRequest {
            page_size: 1,
            page_token,
            customer_id,
            ..Default::default()
        }))
    };
    let first = list(String::new()).await.unwrap().into_inner();
    assert_eq!(first.orders, [one]);
    let second = list(first.next_page_token).await.unwrap().into_inner();
    assert_eq!((second.orders, second.next_page_token.as_str()), (vec![two], ""));
}

#[tokio::test]
async fn a_wrong_request_names_its_fields() {
    let folder = tempfile::tempdir().unwrap();
    let request = Request::new(PlaceOrderRequest {
        customer_id: "ada".to_owned(),
        lines: vec![Line { sku: "TEA".to_owned(), quantity: 0, ..Default::default() }],
        idempotency_key: "one".to_owned(),
        ..Default::default()
    });
    let status = service(&folder).await.place_order(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let wrong = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(wrong[0].field, "lines[0].quantity");
}

#[tokio::test]
async fn an_unknown_order_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder).await;
    let request = GetOrderRequest { order_id: "none".to_owned(), ..Default::default() };
    let status = service.get_order(Request::new(request)).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(status.get_details_error_info().unwrap().reason, "ORDER_NOT_FOUND");
    let request = WatchOrderRequest { order_id: "none".to_owned(), ..Default::default() };
    let status = service.watch_order(Request::new(request)).await.err().unwrap();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn a_watch_shows_the_change_of_another_instance_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (service(&folder).await, service(&folder).await);
    tokio::spawn(here.store.changes().clone().follow(here.shutdown.clone()));
    let order = placed(&here, "one").await;
    let request = WatchOrderRequest { order_id: order.order_id.clone(), ..Default::default() };
    let mut watched = here.watch_order(Request::new(request)).await.unwrap().into_inner();
    assert_eq!(watched.next().await.unwrap().unwrap().order, Some(order.clone()));
    ship(&there.store, &order).await;
    let shipped = watched.next().await.unwrap().unwrap().order.unwrap();
    assert_eq!((shipped.state(), shipped.tracking_code.as_str()), (OrderState::Shipped, "T1"));
    assert!(watched.next().await.is_none());
    here.shutdown.cancel();
}

#[tokio::test]
async fn a_watch_ends_when_the_node_does() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder).await;
    let order = placed(&service, "one").await;
    let request = WatchOrderRequest { order_id: order.order_id, ..Default::default() };
    let mut watched = service.watch_order(Request::new(request)).await.unwrap().into_inner();
    assert!(watched.next().await.unwrap().is_ok());
    service.shutdown.cancel();
    let status = watched.next().await.unwrap().unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "going down"));
    assert!(watched.next().await.is_none());
}

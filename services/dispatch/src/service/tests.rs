//! The service without a mesh: a store on a real file.

use contracts::shop::dispatch::v1::ShipmentState;
use tonic::Code;
use tonic_types::StatusExt as _;
use treaty_bus::Event;

use super::*;
use crate::shipment::Line;

async fn service(folder: &tempfile::TempDir, orders: &[&str]) -> Dispatch {
    let store = Store::open(&folder.path().join("dispatch.db")).await.unwrap();
    for order in orders {
        let line = Line { sku: "TEA".to_owned(), quantity: 2 };
        let shipment = Shipment::open((*order).to_owned(), vec![line]);
        let event = Event::new("//orders/order", "test.v1.OrderPlaced", order, &());
        assert!(store.open_shipment("dispatch", event, shipment).await.unwrap());
    }
    Dispatch::new(store, Wake::default())
}

async fn list(service: &Dispatch, size: i32, token: &str, order: &str) -> ListShipmentsResponse {
    let request = ListShipmentsRequest {
        page_size: size,
        page_token: token.to_owned(),
        order_id: order.to_owned(),
        ..Default::default()
    };
    service.list_shipments(Request::new(request)).await.unwrap().into_inner()
}

async fn mark(service: &Dispatch, id: &str, code: &str) -> Result<MarkShippedResponse, Status> {
    let request = MarkShippedRequest {
        shipment_id: id.to_owned(),
        tracking_code: code.to_owned(),
        ..Default::default()
    };
    service.mark_shipped(Request::new(request)).await.map(Response::into_inner)
}

#[tokio::test]
async fn shipments_are_listed_by_page_and_by_order() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &["o-1", "o-2", "o-3"]).await;
    let first = list(&service, 2, "", "").await;
    let second = list(&service, 2, &first.next_page_token, "").await;
    let orders: Vec<_> =
        first.shipments.iter().chain(&second.shipments).map(|one| one.order_id.as_str()).collect();
    assert_eq!((orders, second.next_page_token.as_str()), (vec!["o-1", "o-2", "o-3"], ""));
    let of_one = list(&service, 0, "", "o-2").await;
    assert_eq!(of_one.shipments, first.shipments[1..]);
    assert!(list(&service, 0, "", "o-9").await.shipments.is_empty());
}

#[tokio::test]
async fn a_shipment_leaves_once() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &["o-1"]).await;
    let id = list(&service, 0, "", "").await.shipments.remove(0).shipment_id;
    let shipped = mark(&service, &id, "T1").await.unwrap().shipment.unwrap();
    assert_eq!(shipped.state(), ShipmentState::Shipped);
    assert!(shipped.ship_time.is_some());
    let request = GetShipmentRequest { shipment_id: id.clone(), ..Default::default() };
    let found = service.get_shipment(Request::new(request)).await.unwrap().into_inner();
    assert_eq!(found.shipment, Some(shipped));

    let status = mark(&service, &id, "T2").await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    let info = status.get_details_error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("ALREADY_SHIPPED", "shop.dispatch"));
    assert_eq!(info.metadata["tracking_code"], "T1");
}

#[tokio::test]
async fn what_is_unknown_or_wrong_is_refused_with_details() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &[]).await;
    let status = mark(&service, "none", "T1").await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(status.get_details_error_info().unwrap().reason, "SHIPMENT_NOT_FOUND");
    let status = mark(&service, "none", "").await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let wrong = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(wrong[0].field, "tracking_code");
    let request = GetShipmentRequest { shipment_id: String::new(), ..Default::default() };
    let status = service.get_shipment(Request::new(request)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn the_event_says_what_left() {
    use contracts::shop::dispatch::events::v1::ShipmentShipped;

    let shipment = Shipment::open("o-1".to_owned(), Vec::new());
    let at = crate::shipment::Moment(1_000_000);
    let event = events::shipment_shipped(&shipment, "T1", at, None);
    assert_eq!((event.key(), event.subject()), (Some("o-1"), Some(shipment.shipment_id.as_str())));
    let message: ShipmentShipped = event.decode().unwrap();
    assert_eq!((message.order_id.as_str(), message.tracking_code.as_str()), ("o-1", "T1"));
    assert_eq!(message.ship_time.unwrap().seconds, 1);
}

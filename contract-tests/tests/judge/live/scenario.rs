//! What a caller of each contract does, in JSON, so that every version can do it.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::time::interval;
use treaty_testkit::Plain;

use super::dynamic::Caller;

const SKU: &str = "TEA-EARL-100";

/// Reads the assortment in whatever package versions the release knows.
pub(super) async fn catalog(caller: &Caller) -> anyhow::Result<BTreeSet<String>> {
    for service in ["shop.catalog.v1.CatalogService", "shop.catalog.v2.CatalogService"] {
        let method = |name: &str| format!("{service}/{name}");
        if !caller.knows(&method("ListProducts")) {
            continue;
        }
        let page = caller.unary(&method("ListProducts"), json!({"pageSize": 7})).await?;
        assert_eq!(page["products"].as_array().map(Vec::len), Some(7), "{page}");
        let next = json!({"pageSize": 7, "pageToken": page["nextPageToken"]});
        let next = caller.unary(&method("ListProducts"), next).await?;
        assert_ne!(page["products"][0]["sku"], next["products"][0]["sku"], "{next}");

        let product = caller.unary(&method("GetProduct"), json!({"sku": SKU})).await?;
        let price = &product["product"]["price"];
        assert!(price.is_number() || price["currencyCode"] == "EUR", "{product}");

        if caller.knows(&method("BatchGetProducts")) {
            let request = json!({"skus": [SKU, "NO-SUCH-SKU"]});
            let batch = caller.unary(&method("BatchGetProducts"), request).await?;
            assert_eq!(batch["products"][0]["sku"], SKU, "{batch}");
            assert_eq!(batch["unknownSkus"][0], "NO-SUCH-SKU", "{batch}");
        }
        if caller.knows(&method("WatchStock")) {
            let stock = caller.call(&method("WatchStock"), json!({"skus": [SKU]}), 1).await?;
            assert_eq!(stock[0]["sku"], SKU, "{stock:?}");
        }
    }
    Ok(caller.called())
}

/// Orders, asks, lists and watches.
pub(super) async fn orders(caller: &Caller, version: &str) -> anyhow::Result<BTreeSet<String>> {
    let method = |name: &str| format!("shop.orders.v1.OrdersService/{name}");
    let request = order(&format!("orders {version}"));
    let placed = caller.unary(&method("PlaceOrder"), request.clone()).await?;
    let order = &placed["order"];
    assert_eq!(order["state"], "ORDER_STATE_CONFIRMED", "{placed}");
    assert!(order["total"]["units"].is_string() || order["total"]["nanos"].is_number(), "{placed}");
    let again = caller.unary(&method("PlaceOrder"), request).await?;
    assert_eq!(again["order"]["orderId"], order["orderId"], "the same key gave another order");

    let named = json!({"orderId": order["orderId"]});
    let got = caller.unary(&method("GetOrder"), named.clone()).await?;
    assert_eq!(got["order"]["lines"], order["lines"], "{got}");
    let listed = caller.unary(&method("ListOrders"), json!({"pageSize": 1})).await?;
    assert_eq!(listed["orders"].as_array().map(Vec::len), Some(1), "{listed}");
    let watched = caller.call(&method("WatchOrder"), named, 1).await?;
    assert_eq!(watched[0]["order"]["orderId"], order["orderId"], "{watched:?}");
    Ok(caller.called())
}

/// Finds the shipment of an order that was placed under today's contract, and ships it.
pub(super) async fn dispatch(
    caller: &Caller,
    version: &str,
    outside: &Plain,
) -> anyhow::Result<BTreeSet<String>> {
    let today = Caller::new(contracts::SHOP_ORDERS.descriptor_set, outside.clone())?;
    let placed = today
        .unary("shop.orders.v1.OrdersService/PlaceOrder", order(&format!("dispatch {version}")))
        .await?;
    let order_id = placed["order"]["orderId"].clone();

    let method = |name: &str| format!("shop.dispatch.v1.DispatchService/{name}");
    let mut ticks = interval(Duration::from_millis(20));
    let shipment = loop {
        ticks.tick().await;
        let found = caller.unary(&method("ListShipments"), json!({"pageSize": 100})).await?;
        let all = found["shipments"].as_array().cloned().unwrap_or_default();
        if let Some(shipment) = all.into_iter().find(|shipment| shipment["orderId"] == order_id) {
            break shipment;
        }
    };
    let shipment_id = &shipment["shipmentId"];
    let named = json!({"shipmentId": shipment_id});
    let got = caller.unary(&method("GetShipment"), named).await?;
    assert_eq!(got["shipment"]["orderId"], order_id, "{got}");
    let request = json!({"shipmentId": shipment_id, "trackingCode": "TRACK-1"});
    let shipped = caller.unary(&method("MarkShipped"), request).await?;
    assert_eq!(shipped["shipment"]["state"], "SHIPMENT_STATE_SHIPPED", "{shipped}");

    // The order hears of it over the bus, and its watch ends with it.
    let watched = today
        .call("shop.orders.v1.OrdersService/WatchOrder", json!({"orderId": order_id}), usize::MAX)
        .await?;
    let last = watched.last().context("the watch said nothing")?;
    assert_eq!(last["order"]["state"], "ORDER_STATE_SHIPPED", "{watched:?}");
    assert_eq!(last["order"]["trackingCode"], "TRACK-1", "{watched:?}");
    Ok(caller.called())
}

fn order(key: &str) -> Value {
    json!({
        "customerId": "judge",
        "idempotencyKey": key,
        "lines": [{"sku": SKU, "quantity": 2}, {"sku": "TEA-DARJ-FF-100", "quantity": 1}],
    })
}

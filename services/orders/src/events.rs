//! The events that orders publish.
//!
//! *Holds*: an order has one event of each kind, and its id on the bus says so.

use contracts::shop::orders::events::v1::OrderPlaced;
use contracts::shop::orders::events::v1::order_placed::Line;
use treaty_bus::Event;
use treaty_mesh::CallContext;

use crate::convert;
use crate::order::Order;

const SOURCE: &str = "//orders/order";
const ORDER_PLACED: &str = "shop.orders.events.v1.OrderPlaced";

/// Tells that the order was confirmed.
pub(crate) fn order_placed(order: &Order) -> Event {
    let line = |line: &crate::order::Line| Line {
        sku: line.sku.clone(),
        quantity: convert::pieces(line.quantity),
        ..Default::default()
    };
    let message = OrderPlaced {
        order_id: order.order_id.clone(),
        customer_id: order.customer_id.clone(),
        lines: order.lines.iter().map(line).collect(),
        place_time: Some(convert::time(order.created_micros)),
        ..Default::default()
    };
    let trace = CallContext::current().map(|call| call.trace.to_string());
    Event::new(SOURCE, ORDER_PLACED, &order.order_id, &message)
        .with_id(format!("placed-{}", order.order_id))
        .with_traceparent(trace.as_deref())
}

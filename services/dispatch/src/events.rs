//! The events that dispatch publishes.
//!
//! *Holds*: a shipment has one event of each kind, and its id on the bus says so; its key is
//! the order's id, so that all that happens to one order stays in order.

use contracts::shop::dispatch::events::v1::ShipmentShipped;
use treaty_bus::Event;

use crate::convert;
use crate::shipment::{Moment, Shipment};

const SOURCE: &str = "//dispatch/shipment";
const SHIPMENT_SHIPPED: &str = "shop.dispatch.events.v1.ShipmentShipped";

/// Tells that the shipment was handed to the carrier.
pub(crate) fn shipment_shipped(
    shipment: &Shipment,
    tracking_code: &str,
    at: Moment,
    trace: Option<&str>,
) -> Event {
    let Shipment { shipment_id, order_id, .. } = shipment;
    let message = ShipmentShipped {
        shipment_id: shipment_id.clone(),
        order_id: order_id.clone(),
        tracking_code: tracking_code.to_owned(),
        ship_time: Some(convert::time(at)),
        ..Default::default()
    };
    Event::new(SOURCE, SHIPMENT_SHIPPED, shipment_id, &message)
        .with_key(order_id.as_str())
        .with_id(format!("shipped-{shipment_id}"))
        .with_traceparent(trace)
}

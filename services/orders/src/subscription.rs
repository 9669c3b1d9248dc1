//! Hears of shipments that left and makes their orders shipped.
//!
//! *Holds*: acknowledged only after the order is on disk; an event that can never be handled
//! becomes a dead letter at once.

use std::time::Duration;

use contracts::shop::dispatch::events::v1::ShipmentShipped;
use tokio_util::sync::CancellationToken;
use treaty_bus::{BoxError, Channel, Client, Delivery, Event, Group, Settle, Start};

use crate::store::{Store, StoreError};

const GROUP: &str = "orders";
const SHIPMENT_SHIPPED: &str = "shop.dispatch.events.v1.ShipmentShipped";
const ACK_WAIT: Duration = Duration::from_secs(10);
const MAX_DELIVERIES: u32 = 10;
const BACKOFF_MILLIS: [u64; 6] = [100, 250, 500, 1_000, 2_500, 5_000];
/// Shorter than the node waits for its tasks.
const DRAIN: Duration = Duration::from_secs(4);

/// Handles the group's events until `shutdown`.
pub(crate) async fn run<T: Channel>(bus: Client<T>, store: Store, shutdown: CancellationToken) {
    let group = Group::new(GROUP)
        .types([SHIPMENT_SHIPPED])
        .start(Start::First)
        .ack_wait(ACK_WAIT)
        .max_deliveries(MAX_DELIVERIES)
        .backoff(BACKOFF_MILLIS.map(Duration::from_millis))
        .drain(DRAIN);
    let handler = |delivery: Delivery| handle(&store, delivery.event);
    if let Err(status) = bus.subscribe(group, handler, shutdown.clone()).await {
        // Without this group no order is ever shipped: end, and let a supervisor show it.
        tracing::error!(%status, group = GROUP, "the bus refuses this group; the node ends");
        shutdown.cancel();
    }
}

async fn handle(store: &Store, event: Event) -> Result<Settle, BoxError> {
    let ShipmentShipped { order_id, tracking_code, .. } = event.decode()?;
    if tracking_code.is_empty() {
        return Ok(Settle::Reject { reason: "no tracking code".to_owned() });
    }
    match store.ship(GROUP, event, order_id.clone(), tracking_code).await {
        Ok(shipped) => {
            tracing::debug!(order = order_id, shipped, "shipment left");
            Ok(Settle::Ack)
        }
        Err(error @ StoreError::UnknownOrder(_)) => {
            Ok(Settle::Reject { reason: error.to_string() })
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_can_never_be_handled_is_a_dead_letter() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("orders.db")).await.unwrap();
        for tracking_code in ["", "T1"] {
            let message = ShipmentShipped {
                order_id: "none".to_owned(),
                tracking_code: tracking_code.to_owned(),
                ..ShipmentShipped::default()
            };
            let event = Event::new("//dispatch/shipment", SHIPMENT_SHIPPED, "none", &message);
            let settled = handle(&store, event).await.unwrap();
            assert!(matches!(settled, Settle::Reject { .. }), "{settled:?}");
        }
        let broken = Event::new("//dispatch/shipment", SHIPMENT_SHIPPED, "none", &7_u32);
        assert!(handle(&store, broken).await.unwrap_err().is::<treaty_bus::DecodeError>());
    }
}

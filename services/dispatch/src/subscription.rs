//! Hears of placed orders and opens a shipment for each.
//!
//! *Holds*: acknowledged only after the shipment is on disk; an event that can never be
//! handled becomes a dead letter at once.

use std::time::Duration;

use contracts::shop::orders::events::v1::OrderPlaced;
use tokio_util::sync::CancellationToken;
use treaty_bus::{BoxError, Channel, Client, Delivery, Event, Group, Settle, Start};

use crate::shipment::{Line, Shipment};
use crate::store::Store;

const GROUP: &str = "dispatch";
const ORDER_PLACED: &str = "shop.orders.events.v1.OrderPlaced";
const ACK_WAIT: Duration = Duration::from_secs(10);
const MAX_DELIVERIES: u32 = 10;
const BACKOFF_MILLIS: [u64; 6] = [100, 250, 500, 1_000, 2_500, 5_000];
/// Shorter than the node waits for its tasks.
const DRAIN: Duration = Duration::from_secs(4);

/// Handles the group's events until `shutdown`.
pub(crate) async fn run<T: Channel>(bus: Client<T>, store: Store, shutdown: CancellationToken) {
    let group = Group::new(GROUP)
        .types([ORDER_PLACED])
        .start(Start::First)
        .ack_wait(ACK_WAIT)
        .max_deliveries(MAX_DELIVERIES)
        .backoff(BACKOFF_MILLIS.map(Duration::from_millis))
        .drain(DRAIN);
    let handler = |delivery: Delivery| handle(&store, delivery.event);
    if let Err(status) = bus.subscribe(group, handler, shutdown.clone()).await {
        // Without this group nothing is ever sent out: end, and let a supervisor show it.
        tracing::error!(%status, group = GROUP, "the bus refuses this group; the node ends");
        shutdown.cancel();
    }
}

async fn handle(store: &Store, event: Event) -> Result<Settle, BoxError> {
    let OrderPlaced { order_id, lines, .. } = event.decode()?;
    let lines: Option<Vec<Line>> = lines
        .into_iter()
        .map(|line| {
            let quantity = u32::try_from(line.quantity).ok().filter(|quantity| *quantity > 0)?;
            Some(Line { sku: line.sku, quantity })
        })
        .collect();
    let Some(lines) = lines.filter(|lines| !lines.is_empty() && !order_id.is_empty()) else {
        return Ok(Settle::Reject {
            reason: "an order without an id, or without pieces".to_owned(),
        });
    };
    let shipment = Shipment::open(order_id.clone(), lines);
    let opened = store.open_shipment(GROUP, event, shipment).await?;
    tracing::debug!(order = order_id, opened, "order placed");
    Ok(Settle::Ack)
}

#[cfg(test)]
mod tests {
    use contracts::shop::orders::events::v1::order_placed;

    use super::*;
    use crate::page::Page;

    fn event(order_id: &str, quantity: i32) -> Event {
        let line = order_placed::Line { sku: "TEA".to_owned(), quantity, ..Default::default() };
        let order = OrderPlaced {
            order_id: order_id.to_owned(),
            lines: vec![line],
            ..OrderPlaced::default()
        };
        Event::new("//orders/order", ORDER_PLACED, order_id, &order)
    }

    async fn shipments(store: &Store) -> usize {
        store.page(Page { order_id: String::new(), after: 0, size: 100 }).await.unwrap().0.len()
    }

    #[tokio::test]
    async fn an_order_opens_one_shipment_however_often_it_is_heard_of() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("dispatch.db")).await.unwrap();
        let first = event("o-1", 2);
        for event in [first.clone(), first, event("o-1", 2)] {
            assert_eq!(handle(&store, event).await.unwrap(), Settle::Ack);
        }
        assert_eq!(shipments(&store).await, 1);
    }

    #[tokio::test]
    async fn what_can_never_be_handled_is_a_dead_letter() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("dispatch.db")).await.unwrap();
        for event in [event("", 1), event("o-1", 0), event("o-1", -1)] {
            let settled = handle(&store, event).await.unwrap();
            assert!(matches!(settled, Settle::Reject { .. }), "{settled:?}");
        }
        let broken = Event::new("//orders/order", ORDER_PLACED, "o-1", &7_u32);
        assert!(handle(&store, broken).await.unwrap_err().is::<treaty_bus::DecodeError>());
        assert_eq!(shipments(&store).await, 0);
    }
}

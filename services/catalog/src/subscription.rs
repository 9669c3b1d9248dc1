//! Hears of placed orders and takes their pieces from the stock.
//!
//! *Holds*: acknowledged only after the stock is on disk; an event that can never be handled
//! becomes a dead letter at once.

use std::time::Duration;

use contracts::shop::orders::events::v1::OrderPlaced;
use tokio_util::sync::CancellationToken;
use treaty_bus::{BoxError, Channel, Client, Delivery, Event, Group, Settle, Start};

use crate::product::Take;
use crate::store::{Store, StoreError};

const GROUP: &str = "catalog";
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
        // Without this group no stock is ever taken: end, and let a supervisor show it.
        tracing::error!(%status, group = GROUP, "the bus refuses this group; the node ends");
        shutdown.cancel();
    }
}

async fn handle(store: &Store, event: Event) -> Result<Settle, BoxError> {
    let order: OrderPlaced = event.decode()?;
    let Some(pieces) = pieces(&order) else {
        return Ok(Settle::Reject { reason: "a quantity is not above 0".to_owned() });
    };
    match store.take(GROUP, event, pieces).await {
        Ok(taken) => {
            tracing::debug!(order = order.order_id, taken, "order placed");
            Ok(Settle::Ack)
        }
        Err(error @ StoreError::UnknownProduct(_)) => {
            Ok(Settle::Reject { reason: error.to_string() })
        }
        Err(error) => Err(error.into()),
    }
}

fn pieces(order: &OrderPlaced) -> Option<Vec<Take>> {
    let lines = order.lines.iter();
    lines
        .map(|line| {
            let quantity = u32::try_from(line.quantity).ok().filter(|quantity| *quantity > 0)?;
            Some(Take { sku: line.sku.clone(), quantity })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed;
    use contracts::shop::orders::events::v1::order_placed::Line;

    fn event(lines: &[(&str, i32)]) -> Event {
        let lines = lines.iter().map(|(sku, quantity)| Line {
            sku: (*sku).into(),
            quantity: *quantity,
            ..Default::default()
        });
        let order = OrderPlaced { lines: lines.collect(), ..OrderPlaced::default() };
        Event::new("//orders/order", ORDER_PLACED, "order-1", &order)
    }

    async fn store(folder: &tempfile::TempDir) -> Store {
        let store = Store::open(&folder.path().join("catalog.db")).await.unwrap();
        store.seed(seed::ASSORTMENT).await.unwrap();
        store
    }

    #[tokio::test]
    async fn an_order_takes_its_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let settled = handle(&store, event(&[(seed::RAREST, 2)])).await.unwrap();
        assert_eq!(settled, Settle::Ack);
        assert_eq!(store.product(seed::RAREST.into()).await.unwrap().unwrap().stock.shown(), 1);
    }

    #[tokio::test]
    async fn what_can_never_be_handled_is_a_dead_letter_and_takes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        for lines in [[(seed::RAREST, 1), ("TEA-NONE", 1)], [(seed::RAREST, 1), (seed::RAREST, -5)]]
        {
            let settled = handle(&store, event(&lines)).await.unwrap();
            assert!(matches!(settled, Settle::Reject { .. }), "{settled:?}");
        }
        let broken = Event::new("//orders/order", ORDER_PLACED, "order-2", &7_u32);
        assert!(handle(&store, broken).await.unwrap_err().is::<treaty_bus::DecodeError>());
        assert_eq!(store.product(seed::RAREST.into()).await.unwrap().unwrap().stock.shown(), 3);
    }
}

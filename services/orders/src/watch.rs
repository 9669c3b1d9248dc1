//! One order as a stream: as it is, then after each change, until it has shipped.
//!
//! *Holds*: what changes several times between two looks is sent once, as it is then; ends
//! with [`Refusal::GoingDown`] when the node is told to end.

use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;

use crate::order::{Order, State};
use crate::refusal::Refusal;
use crate::store::Store;

/// Watches one order.
pub(crate) async fn order(
    store: Store,
    order_id: String,
    shutdown: CancellationToken,
) -> Result<impl Stream<Item = Result<Order, Refusal>>, Refusal> {
    let mut changes = store.changes().subscribe();
    let mut order = find(&store, &order_id).await?;
    Ok(async_stream::try_stream! {
        yield order.clone();
        while order.state == State::Confirmed {
            // The sender lives in the store that we hold, so news can only come.
            if shutdown.run_until_cancelled(changes.changed()).await.is_none() {
                Err(Refusal::GoingDown)?;
            }
            let now = find(&store, &order_id).await?;
            if now != order {
                order = now;
                yield order.clone();
            }
        }
    })
}

/// The order of this id.
pub(crate) async fn find(store: &Store, order_id: &str) -> Result<Order, Refusal> {
    let order = store.order(order_id.to_owned()).await?;
    order.ok_or_else(|| Refusal::OrderNotFound { order_id: order_id.to_owned() })
}

//! The stock of some products as a stream: now, then after every change.
//!
//! *Holds*: what changes several times between two looks is sent once, as it is then; ends
//! with [`Refusal::GoingDown`] when the node is told to end.

use std::collections::HashSet;

use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;

use crate::product::Level;
use crate::refusal::Refusal;
use crate::store::Store;

/// Watches these products, or all of them if none is named.
pub(crate) async fn stock(
    store: Store,
    skus: HashSet<String>,
    shutdown: CancellationToken,
) -> Result<impl Stream<Item = Result<Level, Refusal>>, Refusal> {
    let mut changes = store.changes().subscribe();
    let mut found = store.levels_since(None).await?;
    if let Some(sku) = skus.iter().find(|sku| found.levels.iter().all(|level| level.sku != **sku)) {
        return Err(Refusal::ProductNotFound { sku: sku.clone() });
    }
    Ok(async_stream::try_stream! {
        loop {
            for level in found.levels {
                if skus.is_empty() || skus.contains(&level.sku) {
                    yield level;
                }
            }
            // The sender lives in the store that we hold, so news can only come.
            if shutdown.run_until_cancelled(changes.changed()).await.is_none() {
                Err(Refusal::GoingDown)?;
            }
            found = store.levels_since(Some(found.revision)).await?;
        }
    })
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use tokio_stream::StreamExt as _;
    use treaty_bus::Event;

    use super::*;
    use crate::product::{Stock, Take};
    use crate::seed;

    async fn take(store: &Store, quantity: u32) {
        let event = Event::new("//orders/order", "test.v1.OrderPlaced", "", &());
        let pieces = vec![Take { sku: seed::RAREST.to_owned(), quantity }];
        store.take("catalog", event, pieces).await.unwrap();
    }

    #[tokio::test]
    async fn shows_the_stock_at_once_and_after_changes_of_any_instance() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalog.db");
        let (here, there) = (Store::open(&path).await.unwrap(), Store::open(&path).await.unwrap());
        here.seed(seed::ASSORTMENT).await.unwrap();
        let shutdown = CancellationToken::new();
        let following = tokio::spawn(here.changes().clone().follow(shutdown.clone()));

        let skus = HashSet::from([seed::RAREST.to_owned()]);
        let mut levels = pin!(stock(here.clone(), skus, shutdown.clone()).await.unwrap());
        let level = |pieces| Level { sku: seed::RAREST.to_owned(), stock: Stock(pieces) };
        assert_eq!(levels.next().await.unwrap().unwrap(), level(3));
        take(&here, 1).await;
        assert_eq!(levels.next().await.unwrap().unwrap(), level(2));
        take(&there, 1).await;
        assert_eq!(levels.next().await.unwrap().unwrap(), level(1));

        shutdown.cancel();
        assert!(matches!(levels.next().await, Some(Err(Refusal::GoingDown))));
        assert!(levels.next().await.is_none());
        following.await.unwrap();
    }

    #[tokio::test]
    async fn nobody_watches_what_is_not_sold() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("catalog.db")).await.unwrap();
        let skus = HashSet::from(["TEA-NONE".to_owned()]);
        let refused = stock(store, skus, CancellationToken::new()).await.err().unwrap();
        assert!(matches!(refused, Refusal::ProductNotFound { .. }));
    }
}

//! What changes orders: they are recorded once, and shipped once.
//!
//! *Holds*: an order and its event are written together or not at all.

use rusqlite::{Transaction, params};
use treaty_bus::{Event, inbox, outbox};

use super::{Store, StoreError, read};
use crate::order::{Line, Order};

/// What became of an order that was to be recorded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// It is the order of its key.
    Now,
    /// The key has this order already.
    Before(Order),
}

impl Store {
    /// Records a confirmed order and the event that tells of it, unless the key has an order.
    pub(crate) async fn record(
        &self,
        order: Order,
        key: String,
        event: Event,
    ) -> Result<Recorded, StoreError> {
        self.write(move |tx| {
            if let Some(before) = read::of_key(tx, &order.customer_id, &key)? {
                return Ok(Recorded::Before(before));
            }
            insert(tx, &order, &key)?;
            outbox::enqueue(tx, &event)?;
            Ok(Recorded::Now)
        })
        .await
    }

    /// Makes an order shipped, unless it is or this event was handled before; tells whether it did.
    pub(crate) async fn ship(
        &self,
        group: &'static str,
        event: Event,
        order_id: String,
        tracking_code: String,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            if !inbox::first_time(tx, group, &event)? {
                return Ok(false);
            }
            let shipped = tx
                .prepare_cached(
                    "UPDATE orders SET tracking_code = ?2
                     WHERE order_id = ?1 AND tracking_code IS NULL",
                )?
                .execute(params![order_id, tracking_code])?;
            if shipped == 0 && !exists(tx, &order_id)? {
                return Err(StoreError::UnknownOrder(order_id));
            }
            Ok(shipped == 1)
        })
        .await
    }
}

fn insert(tx: &Transaction<'_>, order: &Order, key: &str) -> rusqlite::Result<()> {
    let Order { order_id, customer_id, lines, total, created_micros, .. } = order;
    tx.prepare_cached(
        "INSERT INTO orders (order_id, customer_id, idempotency_key, currency, total_units,
                             total_nanos, created_micros)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        order_id,
        customer_id,
        key,
        total.currency,
        total.units,
        total.nanos,
        created_micros
    ])?;
    let place = tx.last_insert_rowid();
    let mut statement = tx.prepare_cached(
        "INSERT INTO order_lines (place, line, sku, quantity, price_units, price_nanos)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (i, Line { sku, quantity, unit_price }) in lines.iter().enumerate() {
        let (units, nanos) = (unit_price.units, unit_price.nanos);
        statement.execute(params![
            place,
            i64::try_from(i).unwrap_or(i64::MAX),
            sku,
            quantity,
            units,
            nanos
        ])?;
    }
    Ok(())
}

fn exists(tx: &Transaction<'_>, order_id: &str) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT 1 FROM orders WHERE order_id = ?1")?.exists([order_id])
}

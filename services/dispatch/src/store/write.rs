//! What changes shipments: they are opened once per order, and leave once.
//!
//! *Holds*: that a shipment left, and the event that says so, are written together or not at
//! all.

use rusqlite::{Transaction, params};
use treaty_bus::{Event, inbox, outbox};

use super::{Store, StoreError, read};
use crate::shipment::{Line, Moment, Shipment, State};

/// What became of a shipment that was to be marked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// It has left now.
    Now(Shipment),
    /// It had left before.
    Before { tracking_code: String },
    /// There is none of this id.
    Unknown,
}

impl Store {
    /// Opens a shipment, unless this event was handled before or the order has one; tells
    /// whether it did.
    pub(crate) async fn open_shipment(
        &self,
        group: &'static str,
        event: Event,
        shipment: Shipment,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| Ok(inbox::first_time(tx, group, &event)? && insert(tx, &shipment)?))
            .await
    }

    /// Hands a shipment to the carrier, and enqueues what `announce` says of it.
    pub(crate) async fn mark(
        &self,
        shipment_id: String,
        tracking_code: String,
        announce: impl FnOnce(&Shipment, &str, Moment) -> Event + Send + 'static,
    ) -> Result<Marked, StoreError> {
        self.write(move |tx| {
            let Some(shipment) = read::find(tx, &shipment_id)? else {
                return Ok(Marked::Unknown);
            };
            if let State::Shipped { tracking_code, .. } = shipment.state {
                return Ok(Marked::Before { tracking_code });
            }
            let at = Moment::now();
            tx.prepare_cached(
                "UPDATE shipments SET tracking_code = ?2, shipped_micros = ?3
                 WHERE shipment_id = ?1",
            )?
            .execute(params![shipment_id, tracking_code, at.0])?;
            outbox::enqueue(tx, &announce(&shipment, &tracking_code, at))?;
            Ok(Marked::Now(Shipment { state: State::Shipped { tracking_code, at }, ..shipment }))
        })
        .await
    }
}

fn insert(tx: &Transaction<'_>, shipment: &Shipment) -> rusqlite::Result<bool> {
    let Shipment { shipment_id, order_id, lines, created, .. } = shipment;
    let inserted = tx
        .prepare_cached(
            "INSERT INTO shipments (shipment_id, order_id, created_micros) VALUES (?1, ?2, ?3)
             ON CONFLICT (order_id) DO NOTHING",
        )?
        .execute(params![shipment_id, order_id, created.0])?;
    if inserted == 0 {
        return Ok(false);
    }
    let place = tx.last_insert_rowid();
    let mut statement = tx.prepare_cached(
        "INSERT INTO shipment_lines (place, line, sku, quantity) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (i, Line { sku, quantity }) in lines.iter().enumerate() {
        statement.execute(params![place, i64::try_from(i).unwrap_or(i64::MAX), sku, quantity])?;
    }
    Ok(true)
}

//! The stock: taken for orders, and told to watchers.
//!
//! *Holds*: an event takes its pieces once, however often it is delivered. The stock is let
//! below 0, for the order is confirmed already; nobody outside sees that.

use rusqlite::params;
use treaty_bus::{Event, inbox};

use super::{Store, StoreError};
use crate::product::{Level, Stock, Take};

/// Stock levels, and where to go on from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Levels {
    pub(crate) levels: Vec<Level>,
    pub(crate) revision: i64,
}

impl Store {
    /// Takes all of these pieces, unless this event took them before; tells whether it did.
    pub(crate) async fn take(
        &self,
        group: &'static str,
        event: Event,
        pieces: Vec<Take>,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            if !inbox::first_time(tx, group, &event)? {
                return Ok(false);
            }
            let mut update = tx.prepare_cached(
                "UPDATE products SET
                     stock = stock - ?2,
                     revision = CASE WHEN MAX(stock, 0) = MAX(stock - ?2, 0) THEN revision
                                ELSE (SELECT MAX(revision) + 1 FROM products) END
                 WHERE sku = ?1",
            )?;
            for Take { sku, quantity } in pieces {
                if update.execute(params![sku, quantity])? == 0 {
                    return Err(StoreError::UnknownProduct(sku));
                }
            }
            Ok(true)
        })
        .await
    }

    /// The levels that changed after `revision`; all of them after `None`.
    pub(crate) async fn levels_since(&self, revision: Option<i64>) -> Result<Levels, StoreError> {
        let revision = revision.unwrap_or(-1);
        self.read(move |tx| {
            let mut statement = tx.prepare_cached(
                "SELECT sku, stock, revision FROM products WHERE revision > ?1 ORDER BY revision",
            )?;
            let mut rows = statement.query([revision])?;
            let mut found = Levels { levels: Vec::new(), revision };
            while let Some(row) = rows.next()? {
                found.levels.push(Level { sku: row.get(0)?, stock: Stock(row.get(1)?) });
                found.revision = row.get(2)?;
            }
            Ok(found)
        })
        .await
    }
}

//! Shipments as they are: by id, a page.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::{Store, StoreError};
use crate::page::Page;
use crate::shipment::{Line, Moment, Shipment, State};

const SHIPMENTS: &str = "SELECT place, shipment_id, order_id, created_micros, tracking_code,
                                shipped_micros FROM shipments";

impl Store {
    pub(crate) async fn shipment(
        &self,
        shipment_id: String,
    ) -> Result<Option<Shipment>, StoreError> {
        self.read(move |tx| find(tx, &shipment_id)).await
    }

    /// The shipments of a page, and where the next one goes on, if there are more.
    pub(crate) async fn page(
        &self,
        page: Page,
    ) -> Result<(Vec<Shipment>, Option<i64>), StoreError> {
        self.read(move |tx| {
            let which = if page.order_id.is_empty() { "?2 = ''" } else { "order_id = ?2" };
            let sql = format!("{SHIPMENTS} WHERE place > ?1 AND {which} ORDER BY place LIMIT ?3");
            let mut statement = tx.prepare_cached(&sql)?;
            let bounds = params![page.after, page.order_id, page.size + 1];
            let found = statement.query_map(bounds, shipment)?;
            let mut found = found.collect::<Result<Vec<_>, _>>()?;
            let more = found.len() > page.size as usize;
            found.truncate(page.size as usize);
            let next = found.last().filter(|_| more).map(|(place, _)| *place);
            let shipments = found.into_iter().map(|found| with_lines(tx, found));
            Ok((shipments.collect::<Result<_, _>>()?, next))
        })
        .await
    }
}

pub(super) fn find(
    tx: &Transaction<'_>,
    shipment_id: &str,
) -> Result<Option<Shipment>, StoreError> {
    let mut statement = tx.prepare_cached(&format!("{SHIPMENTS} WHERE shipment_id = ?1"))?;
    let found = statement.query_row([shipment_id], shipment).optional()?;
    Ok(found.map(|found| with_lines(tx, found)).transpose()?)
}

/// A shipment without its lines, and its place.
fn shipment(row: &Row<'_>) -> rusqlite::Result<(i64, Shipment)> {
    let left: (Option<String>, Option<i64>) =
        (row.get("tracking_code")?, row.get("shipped_micros")?);
    let shipment = Shipment {
        shipment_id: row.get("shipment_id")?,
        order_id: row.get("order_id")?,
        lines: Vec::new(),
        state: match left {
            (Some(tracking_code), Some(at)) => State::Shipped { tracking_code, at: Moment(at) },
            _ => State::Open,
        },
        created: Moment(row.get("created_micros")?),
    };
    Ok((row.get("place")?, shipment))
}

fn with_lines(
    tx: &Transaction<'_>,
    (place, shipment): (i64, Shipment),
) -> rusqlite::Result<Shipment> {
    let mut statement = tx.prepare_cached(
        "SELECT sku, quantity FROM shipment_lines WHERE place = ?1 ORDER BY line",
    )?;
    let line = |row: &Row<'_>| Ok(Line { sku: row.get(0)?, quantity: row.get(1)? });
    let lines = statement.query_map([place], line)?.collect::<Result<_, _>>()?;
    Ok(Shipment { lines, ..shipment })
}

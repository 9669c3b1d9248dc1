//! Orders as they are: by id, by key, a page.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::{Store, StoreError};
use crate::money::Money;
use crate::order::{Line, Order, State};
use crate::page::Page;

const ORDERS: &str = "SELECT place, order_id, customer_id, currency, total_units, total_nanos,
                             created_micros, tracking_code FROM orders";

impl Store {
    pub(crate) async fn order(&self, order_id: String) -> Result<Option<Order>, StoreError> {
        self.read(move |tx| one(tx, "order_id = ?1", params![order_id])).await
    }

    /// The order that a customer placed under a key.
    pub(crate) async fn order_of_key(
        &self,
        customer_id: String,
        key: String,
    ) -> Result<Option<Order>, StoreError> {
        self.read(move |tx| of_key(tx, &customer_id, &key)).await
    }

    /// The orders of a page, and where the next one goes on, if there are more.
    pub(crate) async fn page(&self, page: Page) -> Result<(Vec<Order>, Option<i64>), StoreError> {
        self.read(move |tx| {
            let whose = if page.customer_id.is_empty() { "?2 = ''" } else { "customer_id = ?2" };
            let sql = format!("{ORDERS} WHERE place > ?1 AND {whose} ORDER BY place LIMIT ?3");
            let mut statement = tx.prepare_cached(&sql)?;
            let bounds = params![page.after, page.customer_id, page.size + 1];
            let found = statement.query_map(bounds, order)?;
            let mut found = found.collect::<Result<Vec<_>, _>>()?;
            let more = found.len() > page.size as usize;
            found.truncate(page.size as usize);
            let next = found.last().filter(|_| more).map(|(place, _)| *place);
            let orders = found.into_iter().map(|found| with_lines(tx, found));
            Ok((orders.collect::<Result<_, _>>()?, next))
        })
        .await
    }
}

pub(super) fn of_key(
    tx: &Transaction<'_>,
    customer_id: &str,
    key: &str,
) -> Result<Option<Order>, StoreError> {
    one(tx, "customer_id = ?1 AND idempotency_key = ?2", params![customer_id, key])
}

fn one(
    tx: &Transaction<'_>,
    which: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Option<Order>, StoreError> {
    let mut statement = tx.prepare_cached(&format!("{ORDERS} WHERE {which}"))?;
    let found = statement.query_row(values, order).optional()?;
    Ok(found.map(|found| with_lines(tx, found)).transpose()?)
}

/// An order without its lines, and its place.
fn order(row: &Row<'_>) -> rusqlite::Result<(i64, Order)> {
    let tracking_code: Option<String> = row.get("tracking_code")?;
    let order = Order {
        order_id: row.get("order_id")?,
        customer_id: row.get("customer_id")?,
        lines: Vec::new(),
        total: Money {
            currency: row.get("currency")?,
            units: row.get("total_units")?,
            nanos: row.get("total_nanos")?,
        },
        state: match tracking_code {
            None => State::Confirmed,
            Some(tracking_code) => State::Shipped { tracking_code },
        },
        created_micros: row.get("created_micros")?,
    };
    Ok((row.get("place")?, order))
}

fn with_lines(tx: &Transaction<'_>, (place, order): (i64, Order)) -> rusqlite::Result<Order> {
    let mut statement = tx.prepare_cached(
        "SELECT sku, quantity, price_units, price_nanos FROM order_lines
         WHERE place = ?1 ORDER BY line",
    )?;
    let line = |row: &Row<'_>| {
        let currency = order.total.currency.clone();
        let unit_price = Money { currency, units: row.get(2)?, nanos: row.get(3)? };
        Ok(Line { sku: row.get(0)?, quantity: row.get(1)?, unit_price })
    };
    let lines = statement.query_map([place], line)?.collect::<Result<_, _>>()?;
    Ok(Order { lines, ..order })
}

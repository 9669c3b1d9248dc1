//! Products as they are: one, several, a page; and the first assortment.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::{Store, StoreError};
use crate::page::Page;
use crate::product::{Product, Stock};
use crate::seed::Seed;

impl Store {
    /// Adds those that are not there yet; what is there stays as it is.
    pub(crate) async fn seed(&self, assortment: &'static [Seed]) -> Result<(), StoreError> {
        self.write(move |tx| {
            let mut insert = tx.prepare(
                "INSERT INTO products (sku, name, description, price_cents, stock, revision)
                 SELECT ?1, ?2, ?3, ?4, ?5, COALESCE(MAX(revision), 0) + 1 FROM products WHERE true
                 ON CONFLICT (sku) DO NOTHING",
            )?;
            for Seed { sku, name, description, price_cents, stock } in assortment {
                insert.execute(params![sku, name, description, price_cents, stock])?;
            }
            Ok(())
        })
        .await
    }

    pub(crate) async fn product(&self, sku: String) -> Result<Option<Product>, StoreError> {
        self.read(move |tx| find(tx, &sku)).await
    }

    /// Each SKU with its product, in the order that was asked for.
    pub(crate) async fn products(
        &self,
        skus: Vec<String>,
    ) -> Result<Vec<(String, Option<Product>)>, StoreError> {
        self.read(move |tx| {
            skus.into_iter().map(|sku| find(tx, &sku).map(|product| (sku, product))).collect()
        })
        .await
    }

    /// The products of a page, and whether there are more.
    pub(crate) async fn page(&self, page: Page) -> Result<(Vec<Product>, bool), StoreError> {
        self.read(move |tx| {
            let mut statement = tx.prepare_cached(
                "SELECT sku, name, description, price_cents, stock FROM products
                 WHERE sku > ?1 ORDER BY sku LIMIT ?2",
            )?;
            let found = statement.query_map(params![page.after, page.size + 1], product)?;
            let mut products = found.collect::<Result<Vec<_>, _>>()?;
            let more = products.len() > page.size as usize;
            products.truncate(page.size as usize);
            Ok((products, more))
        })
        .await
    }
}

fn find(tx: &Transaction<'_>, sku: &str) -> Result<Option<Product>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT sku, name, description, price_cents, stock FROM products WHERE sku = ?1",
    )?;
    Ok(statement.query_row([sku], product).optional()?)
}

fn product(row: &Row<'_>) -> rusqlite::Result<Product> {
    Ok(Product {
        sku: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        price_cents: row.get(3)?,
        stock: Stock(row.get(4)?),
    })
}

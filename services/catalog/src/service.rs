//! The two versions of `shop.catalog` on the wire.
//!
//! *Does not* differ between them but in the messages: both answer from one store.

mod v1;
mod v2;

pub(crate) use v1::V1;
pub(crate) use v2::V2;

use tonic_types::FieldViolation;

use crate::page::{self, Page};
use crate::product::Product;
use crate::refusal::Refusal;
use crate::store::Store;

/// The products of a page, and the token of the next.
async fn list(store: &Store, size: i32, token: &str) -> Result<(Vec<Product>, String), Refusal> {
    let page = Page::parse(size, token).map_err(Refusal::Invalid)?;
    let (products, more) = store.page(page).await?;
    let last = products.last().filter(|_| more);
    let next = last.map(|product| page::token(&product.sku)).unwrap_or_default();
    Ok((products, next))
}

async fn get(store: &Store, sku: String) -> Result<Product, Refusal> {
    if sku.is_empty() {
        return Err(Refusal::Invalid(vec![FieldViolation::new("sku", "must not be empty")]));
    }
    let product = store.product(sku.clone()).await?;
    product.ok_or(Refusal::ProductNotFound { sku })
}

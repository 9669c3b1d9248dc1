//! Turns products into the messages of both versions of the contract.
//!
//! *Holds*: v2 is exact; v1 is the nearest `double`.

use contracts::shop::catalog::{v1, v2};

use crate::product::{CURRENCY, Level, Product};

const CENTS_PER_UNIT: i64 = 100;
const NANOS_PER_CENT: i32 = 10_000_000;

#[expect(deprecated, reason = "v1 is served until its last caller has moved")]
pub(crate) fn to_v1(product: Product) -> v1::Product {
    v1::Product {
        stock: product.stock.shown(),
        sku: product.sku,
        name: product.name,
        description: product.description,
        price: product.price_cents as f64 / CENTS_PER_UNIT as f64,
        currency_code: CURRENCY.to_owned(),
        ..Default::default()
    }
}

pub(crate) fn to_v2(product: Product) -> v2::Product {
    v2::Product {
        stock: product.stock.shown(),
        sku: product.sku,
        name: product.name,
        description: product.description,
        price: Some(money(product.price_cents)),
        ..Default::default()
    }
}

pub(crate) fn to_watch(level: Level) -> v2::WatchStockResponse {
    v2::WatchStockResponse { stock: level.stock.shown(), sku: level.sku, ..Default::default() }
}

fn money(cents: i64) -> v2::Money {
    let rest = i32::try_from(cents % CENTS_PER_UNIT).expect("less than 100");
    v2::Money {
        currency_code: CURRENCY.to_owned(),
        units: cents / CENTS_PER_UNIT,
        nanos: rest * NANOS_PER_CENT,
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::Stock;

    #[test]
    #[expect(deprecated, reason = "the price of v1 is what is tested")]
    fn one_product_has_one_price_in_both_versions() {
        let product = Product {
            sku: "TEA".to_owned(),
            name: String::new(),
            description: String::new(),
            price_cents: 1290,
            stock: Stock(-1),
        };
        let old = to_v1(product.clone());
        let new = to_v2(product);
        assert_eq!((old.price, old.currency_code.as_str(), old.stock), (12.9, "EUR", 0));
        let price = new.price.unwrap();
        assert_eq!((price.units, price.nanos, new.stock), (12, 900_000_000, 0));
    }
}

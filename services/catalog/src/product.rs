//! What a product is, inside the catalog.
//!
//! *Holds*: prices are whole cents of [`CURRENCY`].

/// ISO 4217, of every price.
pub(crate) const CURRENCY: &str = "EUR";

/// One thing the shop sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) price_cents: i64,
    pub(crate) stock: Stock,
}

/// How many pieces there are; below 0 when more were promised than there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stock(pub(crate) i64);

impl Stock {
    /// What the world sees: never below 0.
    pub(crate) fn shown(self) -> i32 {
        i32::try_from(self.0.max(0)).unwrap_or(i32::MAX)
    }
}

/// The stock of one product, now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) sku: String,
    pub(crate) stock: Stock,
}

/// Some pieces of one product, to be taken from the stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Take {
    pub(crate) sku: String,
    pub(crate) quantity: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shown_stock_stays_within_what_the_contract_can_say() {
        assert_eq!(Stock(-3).shown(), 0);
        assert_eq!(Stock(7).shown(), 7);
        assert_eq!(Stock(i64::MAX).shown(), i32::MAX);
    }
}

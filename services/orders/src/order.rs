//! What an order is, before and after it is confirmed.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::money::Money;

/// A confirmed order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) order_id: String,
    pub(crate) customer_id: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) total: Money,
    pub(crate) state: State,
    /// Since the epoch: as exact as the database keeps it, so that a repeat is the same to the bit.
    pub(crate) created_micros: i64,
}

/// How far an order has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    Confirmed,
    Shipped { tracking_code: String },
}

/// Some pieces of one product, priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) sku: String,
    pub(crate) quantity: u32,
    pub(crate) unit_price: Money,
}

/// What a customer asks for; every field is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) customer_id: String,
    pub(crate) idempotency_key: String,
    pub(crate) lines: Vec<Wanted>,
}

/// Some pieces of one product, not priced yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) sku: String,
    pub(crate) quantity: u32,
}

impl Order {
    /// Confirms a draft now, under a new id.
    pub(crate) fn confirm(draft: &Draft, lines: Vec<Line>, total: Money) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            order_id: Uuid::now_v7().to_string(),
            customer_id: draft.customer_id.clone(),
            lines,
            total,
            state: State::Confirmed,
            created_micros: i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        }
    }

    /// Whether the order is what the draft asks for, in whatever order of lines.
    pub(crate) fn answers(&self, draft: &Draft) -> bool {
        let mut ours: Vec<_> =
            self.lines.iter().map(|line| (line.sku.as_str(), line.quantity)).collect();
        let mut theirs: Vec<_> =
            draft.lines.iter().map(|line| (line.sku.as_str(), line.quantity)).collect();
        ours.sort_unstable();
        theirs.sort_unstable();
        self.customer_id == draft.customer_id && ours == theirs
    }
}

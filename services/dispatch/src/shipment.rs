//! What a shipment is.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// What goes out for one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shipment {
    pub(crate) shipment_id: String,
    pub(crate) order_id: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) state: State,
    pub(crate) created: Moment,
}

/// How far a shipment has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Shipped { tracking_code: String, at: Moment },
}

/// Some pieces of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) sku: String,
    pub(crate) quantity: u32,
}

/// Microseconds since the epoch: as exact as the database keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) i64);

impl Shipment {
    /// Opens a shipment now, under a new id.
    pub(crate) fn open(order_id: String, lines: Vec<Line>) -> Self {
        let shipment_id = Uuid::now_v7().to_string();
        Self { shipment_id, order_id, lines, state: State::Open, created: Moment::now() }
    }
}

impl Moment {
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

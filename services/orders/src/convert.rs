//! Turns orders into the messages of `shop.orders.v1`.

use contracts::shop::orders::v1;
use prost_types::Timestamp;

use crate::money::Money;
use crate::order::{Line, Order, State};

const MICROS_PER_SECOND: i64 = 1_000_000;

pub(crate) fn to_proto(order: Order) -> v1::Order {
    let (state, tracking_code) = match order.state {
        State::Confirmed => (v1::OrderState::Confirmed, String::new()),
        State::Shipped { tracking_code } => (v1::OrderState::Shipped, tracking_code),
    };
    v1::Order {
        order_id: order.order_id,
        customer_id: order.customer_id,
        lines: order.lines.into_iter().map(line).collect(),
        total: Some(money(order.total)),
        state: state.into(),
        create_time: Some(time(order.created_micros)),
        tracking_code,
        ..Default::default()
    }
}

/// A quantity on the wire; validation keeps it far below what does not fit.
pub(crate) fn pieces(quantity: u32) -> i32 {
    i32::try_from(quantity).unwrap_or(i32::MAX)
}

pub(crate) fn time(micros: i64) -> Timestamp {
    let nanos = micros.rem_euclid(MICROS_PER_SECOND) * 1000;
    Timestamp {
        seconds: micros.div_euclid(MICROS_PER_SECOND),
        nanos: i32::try_from(nanos).expect("less than a second"),
    }
}

fn line(line: Line) -> v1::OrderLine {
    v1::OrderLine {
        sku: line.sku,
        quantity: pieces(line.quantity),
        unit_price: Some(money(line.unit_price)),
        ..Default::default()
    }
}

fn money(Money { currency, units, nanos }: Money) -> v1::Money {
    v1::Money { currency_code: currency, units, nanos, ..Default::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shipped_order_says_everything() {
        let euros = |units| Money::new("EUR".to_owned(), units, 0).unwrap();
        let order = Order {
            order_id: "o".to_owned(),
            customer_id: "ada".to_owned(),
            lines: vec![Line { sku: "TEA".to_owned(), quantity: 2, unit_price: euros(7) }],
            total: euros(14),
            state: State::Shipped { tracking_code: "T1".to_owned() },
            created_micros: 1_700_000_000_000_001,
        };
        let order = to_proto(order);
        assert_eq!(order.state(), v1::OrderState::Shipped);
        assert_eq!(order.tracking_code, "T1");
        assert_eq!(order.create_time, Some(Timestamp { seconds: 1_700_000_000, nanos: 1000 }));
        assert_eq!((order.lines[0].quantity, order.total.unwrap().units), (2, 14));
    }
}

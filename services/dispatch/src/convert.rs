//! Turns shipments into the messages of `shop.dispatch.v1`.

use contracts::shop::dispatch::v1;
use prost_types::Timestamp;

use crate::shipment::{Line, Moment, Shipment, State};

const MICROS_PER_SECOND: i64 = 1_000_000;

pub(crate) fn to_proto(shipment: Shipment) -> v1::Shipment {
    let (state, tracking_code, ship_time) = match shipment.state {
        State::Open => (v1::ShipmentState::Open, String::new(), None),
        State::Shipped { tracking_code, at } => {
            (v1::ShipmentState::Shipped, tracking_code, Some(time(at)))
        }
    };
    v1::Shipment {
        shipment_id: shipment.shipment_id,
        order_id: shipment.order_id,
        lines: shipment.lines.into_iter().map(line).collect(),
        state: state.into(),
        tracking_code,
        create_time: Some(time(shipment.created)),
        ship_time,
        ..Default::default()
    }
}

pub(crate) fn time(Moment(micros): Moment) -> Timestamp {
    let nanos = micros.rem_euclid(MICROS_PER_SECOND) * 1000;
    Timestamp {
        seconds: micros.div_euclid(MICROS_PER_SECOND),
        nanos: i32::try_from(nanos).expect("less than a second"),
    }
}

fn line(Line { sku, quantity }: Line) -> v1::ShipmentLine {
    v1::ShipmentLine {
        sku,
        quantity: i32::try_from(quantity).unwrap_or(i32::MAX),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shipment_that_left_says_when_and_how() {
        let lines = vec![Line { sku: "TEA".to_owned(), quantity: 2 }];
        let open = Shipment::open("o".to_owned(), lines);
        let message = to_proto(open.clone());
        assert_eq!((message.state(), message.ship_time), (v1::ShipmentState::Open, None));
        let at = Moment(1_700_000_000_000_001);
        let state = State::Shipped { tracking_code: "T1".to_owned(), at };
        let message = to_proto(Shipment { state, ..open });
        assert_eq!(message.state(), v1::ShipmentState::Shipped);
        assert_eq!(message.ship_time, Some(Timestamp { seconds: 1_700_000_000, nanos: 1000 }));
        assert_eq!((message.tracking_code.as_str(), message.lines[0].quantity), ("T1", 2));
    }
}

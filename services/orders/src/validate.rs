//! Finds everything that is wrong with a request to place an order.
//!
//! *Does not* know what the shop sells; [`crate::place`] asks. — *Holds*: all fields are
//! looked at, so that a caller need not try again for each.

use std::collections::HashSet;

use contracts::shop::orders::v1::PlaceOrderRequest;
use contracts::shop::orders::v1::place_order_request::Line;
use tonic_types::FieldViolation;

use crate::order::{Draft, Wanted};

const MAX_LINES: usize = 100;
const MAX_QUANTITY: u32 = 10_000;
const MAX_ID_BYTES: usize = 128;
const MAX_SKU_BYTES: usize = 64;

/// The order that a request asks for.
pub(crate) fn draft(request: PlaceOrderRequest) -> Result<Draft, Vec<FieldViolation>> {
    let PlaceOrderRequest { customer_id, lines, idempotency_key, .. } = request;
    let mut wrong = Wrong::default();
    wrong.text("customer_id", &customer_id, MAX_ID_BYTES);
    wrong.text("idempotency_key", &idempotency_key, MAX_ID_BYTES);
    let lines = match lines.len() {
        0 => wrong.say("lines", "must hold at least 1 line"),
        1..=MAX_LINES => wrong.lines(lines),
        _ => wrong.say("lines", format!("must hold at most {MAX_LINES} lines")),
    };
    if wrong.0.is_empty() {
        Ok(Draft { customer_id, idempotency_key, lines })
    } else {
        Err(wrong.0)
    }
}

/// Checks the one field of a request that asks for an order.
pub(crate) fn order_id(order_id: String) -> Result<String, Vec<FieldViolation>> {
    let mut wrong = Wrong::default();
    wrong.text("order_id", &order_id, MAX_ID_BYTES);
    if wrong.0.is_empty() { Ok(order_id) } else { Err(wrong.0) }
}

#[derive(Default)]
struct Wrong(Vec<FieldViolation>);

impl Wrong {
    fn say<T: Default>(&mut self, field: impl Into<String>, problem: impl Into<String>) -> T {
        self.0.push(FieldViolation::new(field, problem));
        T::default()
    }

    fn text(&mut self, field: &str, value: &str, max_bytes: usize) {
        if value.trim().is_empty() {
            self.say(field, "must not be empty")
        } else if value.len() > max_bytes {
            self.say(field, format!("must be at most {max_bytes} bytes long"))
        } else if value.contains(char::is_control) {
            self.say(field, "must not contain control characters")
        }
    }

    fn lines(&mut self, lines: Vec<Line>) -> Vec<Wanted> {
        let mut seen = HashSet::new();
        for (i, line) in lines.iter().enumerate() {
            let field = format!("lines[{i}].sku");
            self.text(&field, &line.sku, MAX_SKU_BYTES);
            if !line.sku.is_empty() && !seen.insert(line.sku.as_str()) {
                self.say(field, "is in an earlier line already")
            }
        }
        lines
            .into_iter()
            .enumerate()
            .map(|(i, line)| Wanted { quantity: self.quantity(i, line.quantity), sku: line.sku })
            .collect()
    }

    fn quantity(&mut self, line: usize, quantity: i32) -> u32 {
        let field = || format!("lines[{line}].quantity");
        match u32::try_from(quantity) {
            Ok(0) | Err(_) => self.say(field(), "must be at least 1"),
            Ok(quantity) if quantity > MAX_QUANTITY => {
                self.say(field(), format!("must be at most {MAX_QUANTITY}"))
            }
            Ok(quantity) => quantity,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(lines: &[(&str, i32)]) -> PlaceOrderRequest {
        let line = |(sku, quantity): &(&str, i32)| Line {
            sku: (*sku).into(),
            quantity: *quantity,
            ..Default::default()
        };
        PlaceOrderRequest {
            customer_id: "ada".to_owned(),
            lines: lines.iter().map(line).collect(),
            idempotency_key: "first".to_owned(),
            ..Default::default()
        }
    }

    fn wrong(request: PlaceOrderRequest) -> Vec<String> {
        draft(request).unwrap_err().into_iter().map(|wrong| wrong.field).collect()
    }

    #[test]
    fn a_good_request_is_a_draft() {
        let draft = draft(request(&[("TEA-EARL-100", 1), ("POT-IRON-800", 10_000)])).unwrap();
        assert_eq!(draft.lines[1], Wanted { sku: "POT-IRON-800".to_owned(), quantity: 10_000 });
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let mut bad = request(&[("A", 0), ("", 1), ("A", 10_001), ("B", -1)]);
        bad.customer_id = " ".to_owned();
        bad.idempotency_key = "k".repeat(129);
        assert_eq!(
            wrong(bad),
            [
                "customer_id",
                "idempotency_key",
                "lines[1].sku",
                "lines[2].sku",
                "lines[0].quantity",
                "lines[2].quantity",
                "lines[3].quantity",
            ]
        );
    }

    #[test]
    fn an_order_has_lines_and_not_too_many() {
        assert_eq!(wrong(request(&[])), ["lines"]);
        assert_eq!(wrong(request(&[("A", 0); 101])), ["lines"]);
        assert_eq!(wrong(request(&[("A\n", 1)])), ["lines[0].sku"]);
    }
}

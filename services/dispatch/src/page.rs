//! Reads which page of shipments is asked for, and names the next.
//!
//! *Holds*: a token is opaque to callers; one that we did not write, or wrote for another
//! filter, is refused. — *Source*: AIP-158.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tonic_types::FieldViolation;

const DEFAULT_SIZE: u32 = 20;
const MAX_SIZE: u32 = 100;

/// A page of shipments in the order in which they were opened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// Of which order; empty for all.
    pub(crate) order_id: String,
    /// The place in the list of the last shipment of the page before, or 0.
    pub(crate) after: i64,
    pub(crate) size: u32,
}

impl Page {
    /// Reads the fields of a request; more than the largest page asks for the largest.
    pub(crate) fn parse(
        size: i32,
        token: &str,
        order_id: String,
    ) -> Result<Self, Vec<FieldViolation>> {
        let mut wrong = Vec::new();
        let size = match u32::try_from(size) {
            Ok(0) => DEFAULT_SIZE,
            Ok(size) => size.min(MAX_SIZE),
            Err(_) => {
                wrong.push(FieldViolation::new("page_size", "must not be negative"));
                DEFAULT_SIZE
            }
        };
        let after = if token.is_empty() { Some(0) } else { decode(token, &order_id) };
        if after.is_none() {
            wrong.push(FieldViolation::new("page_token", "is not one that this list returned"));
        }
        match after {
            Some(after) if wrong.is_empty() => Ok(Self { order_id, after, size }),
            _ => Err(wrong),
        }
    }

    /// The token of the page that follows the shipment at place `last`.
    pub(crate) fn next(order_id: &str, last: i64) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}{last}", mark(order_id)))
    }
}

fn decode(token: &str, order_id: &str) -> Option<i64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix(&mark(order_id))?.parse().ok().filter(|last| *last > 0)
}

/// What a token begins with, before it is encoded.
fn mark(order_id: &str) -> String {
    format!("shipments of {order_id:?} after:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_default_and_a_most() {
        assert_eq!(Page::parse(0, "", String::new()).unwrap().size, 20);
        assert_eq!(Page::parse(7, "", String::new()).unwrap().size, 7);
        assert_eq!(Page::parse(101, "", String::new()).unwrap().size, 100);
    }

    #[test]
    fn a_token_leads_on_in_the_list_that_returned_it() {
        let token = Page::next("o-1", 41);
        assert_eq!(Page::parse(1, &token, "o-1".to_owned()).unwrap().after, 41);
        assert!(Page::parse(1, &token, String::new()).is_err());
        assert!(Page::parse(1, &token, "o-2".to_owned()).is_err());
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let wrong = Page::parse(-1, "garbage!", String::new()).unwrap_err();
        let fields: Vec<_> = wrong.into_iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["page_size", "page_token"]);
        let behind = URL_SAFE_NO_PAD.encode("shipments of \"\" after:-1");
        assert!(Page::parse(0, &behind, String::new()).is_err());
    }
}

//! Reads which page of a list is asked for, and names the next.
//!
//! *Holds*: a token is opaque to callers, and one that we did not write is refused. —
//! *Source*: AIP-158.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tonic_types::FieldViolation;

const DEFAULT_SIZE: u32 = 20;
const MAX_SIZE: u32 = 100;
/// What every token begins with, before it is encoded.
const MARK: &str = "products after:";

/// A page of the assortment, in the order of SKUs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The last SKU of the page before, or nothing.
    pub(crate) after: String,
    pub(crate) size: u32,
}

impl Page {
    /// Reads the fields of a request; more than the largest page asks for the largest.
    pub(crate) fn parse(size: i32, token: &str) -> Result<Self, Vec<FieldViolation>> {
        let mut wrong = Vec::new();
        let size = match u32::try_from(size) {
            Ok(0) => DEFAULT_SIZE,
            Ok(size) => size.min(MAX_SIZE),
            Err(_) => {
                wrong.push(FieldViolation::new("page_size", "must not be negative"));
                DEFAULT_SIZE
            }
        };
        let after = if token.is_empty() { Some(String::new()) } else { decode(token) };
        if after.is_none() {
            wrong.push(FieldViolation::new("page_token", "is not one that this list returned"));
        }
        match after {
            Some(after) if wrong.is_empty() => Ok(Self { after, size }),
            _ => Err(wrong),
        }
    }
}

/// The token of the page that follows `last`.
pub(crate) fn token(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{MARK}{last}"))
}

fn decode(token: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix(MARK).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_default_and_a_most() {
        assert_eq!(Page::parse(0, "").unwrap().size, 20);
        assert_eq!(Page::parse(7, "").unwrap().size, 7);
        assert_eq!(Page::parse(i32::MAX, "").unwrap().size, 100);
    }

    #[test]
    fn a_token_leads_to_what_follows() {
        let page = Page::parse(1, &token("TEA-EARL-100")).unwrap();
        assert_eq!(page.after, "TEA-EARL-100");
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let fields: Vec<_> =
            Page::parse(-1, "garbage!").unwrap_err().into_iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["page_size", "page_token"]);
        assert!(Page::parse(0, &URL_SAFE_NO_PAD.encode("another list")).is_err());
    }
}

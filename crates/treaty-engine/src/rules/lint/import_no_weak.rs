//! An import is weak: never reported, since nothing but Google's own build knows the word.

use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "IMPORT_NO_WEAK",
    categories: Categories {
        v1beta1: Some(&[]),
        v1: Some(&[]),
        v2: Some(&[]),
    },
    deprecated: true,
    finds: "An import is weak (never reported)",
    why: "No public compiler does anything with the word; buf does not report it any more either.",
    remedy: "leave the word out",
    example: r#"
  // shop/v1/order.proto
- import weak "shop/v1/item.proto";
+ import "shop/v1/item.proto";

  message Order {
    repeated Item items = 1;
  }
  // shop/v1/item.proto
  message Item {}
"#,
    check,
};

/// Weak imports are deprecated themselves, and so is the rule: buf accepts its id and finds nothing.
fn check<'d>(_: &View<'d>, _: &mut Hits<'d>) {}

//! A message, enum or service is in another file or package.

use super::{Breaks, NONE, Rule};
use super::moves::moves;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "TYPE_NO_MOVE",
    categories: NONE,
    finds: "A message, enum or service is in another file or package",
    breaks: &[Breaks::Json, Breaks::Calls, Breaks::Source],
    why: "Generated code finds a type by file and package: whoever imports it from there does not \
           compile. In another package it also has another full name, under which `Any` and old \
           clients look for it in vain. Deleting and adding would be two findings about one thing; \
           this is the one that tells what happened.",
    remedy: "move it back; a type of another package is a new type beside the old one",
    example: r#"
  // shop/v1/order.proto
+ import "shop/v1/item.proto";
+
  message Order {
    repeated Item items = 1;
  }
-
- message Item {
-   string sku = 1;
- }
+ // shop/v1/item.proto
+ message Item {
+   string sku = 1;
+ }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for one in moves(pairing) {
        let (sort, from, to) = (one.sort, one.old_name, one.new_name);
        let message = if from == to {
            format!("{sort} \"{from}\" moved from file \"{}\" to \"{}\".", one.old_file, one.place.file)
        } else {
            format!("{sort} \"{from}\" moved and is \"{to}\" now.")
        };
        hits.add(one.subject, At::place(one.place), one.old_file, message);
    }
}

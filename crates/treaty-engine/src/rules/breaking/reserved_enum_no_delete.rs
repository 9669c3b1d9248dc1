//! A reserved number or name of an enum is free again.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use super::range_change::unreserved;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RESERVED_ENUM_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A reserved number or name of an enum is free again",
    breaks: &[Breaks::Bytes, Breaks::Json],
    why: "A reserved number or name was used once, and what was written with it may still be \
           stored or on its way. Free again, it can be given to another value, which then stands \
           for old bytes and old JSON that never meant it.",
    remedy: "restore the `reserved` statement",
    example: r#"
  message Order {
    State state = 1;
  }

  enum State {
-   reserved 2;
-   reserved "STATE_SHIPPED";
    STATE_UNSPECIFIED = 0;
    STATE_OPEN = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.enums.both {
        if old.reserved.is_empty() {
            continue;
        }
        let on = format!("on enum \"{}\"", new.name);
        for message in unreserved(&old.reserved, &new.reserved, &on, (i32::MAX, i32::MAX)) {
            hits.add(new.subject(), At::place(&new.place), old.place.file, message);
        }
    }
}

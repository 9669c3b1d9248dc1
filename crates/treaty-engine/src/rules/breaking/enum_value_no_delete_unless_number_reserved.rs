//! A value is gone and its number is not reserved.

use super::Category::{Csr, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
    categories: Categories {
        v1beta1: Some(&[WireJson, Wire]),
        v1: Some(&[WireJson, Wire]),
        v2: Some(&[WireJson, Wire, Csr]),
    },
    finds: "A value is gone and its number is not reserved",
    breaks: &[Breaks::Bytes],
    why: "Nothing stops a later version from giving the number to another value, and then old \
           bytes such as `08 02` name something that they do not mean.",
    remedy: "add the number to `reserved` in the enum",
    example: r#"
  message Order {
    State state = 1;
  }

  enum State {
    STATE_UNSPECIFIED = 0;
    STATE_OPEN = 1;
-   STATE_SHIPPED = 2;
+   reserved "STATE_SHIPPED";
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for Part { old, new, part: value } in &pairing.values.deleted {
        if new.reserved.has_number(value.number) {
            continue;
        }
        let message = format!(
            "Previously present enum value \"{}\" on enum \"{}\" was deleted without reserving the number \"{}\".",
            value.number, new.name, value.number
        );
        hits.add(value.subject(), At::place(&new.place), old.place.file, message);
    }
}

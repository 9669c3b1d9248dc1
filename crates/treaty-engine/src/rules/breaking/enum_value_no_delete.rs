//! A value is gone from its enum, reserved or not.

use super::Category::{Csr, File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A value is gone from its enum, reserved or not",
    breaks: &[Breaks::Json, Breaks::Source],
    why: "The number is still sent and stored. A reader of an open enum keeps it without a name, a \
           reader of a closed one sees the default instead, a JSON reader refuses the name, and \
           code that uses the constant does not compile. Reserving the number does not help those \
           readers; it only keeps it from being used again.",
    remedy: "restore the value and mark it `[deprecated = true]`",
    example: r#"
  message Order {
    State state = 1;
  }

  enum State {
    STATE_UNSPECIFIED = 0;
    STATE_OPEN = 1;
-   STATE_SHIPPED = 2;
+   reserved 2;
+   reserved "STATE_SHIPPED";
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for Part { old, new, part: value } in &pairing.values.deleted {
        let message = format!(
            "Previously present enum value \"{}\" on enum \"{}\" was deleted.",
            value.number, new.name
        );
        hits.add(value.subject(), At::place(&new.place), old.place.file, message);
    }
}

//! A value is gone and one of its names is not reserved.

use super::Category::{Csr, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
    categories: Categories {
        v1beta1: Some(&[WireJson]),
        v1: Some(&[WireJson]),
        v2: Some(&[WireJson, Csr]),
    },
    finds: "A value is gone and one of its names is not reserved",
    breaks: &[Breaks::Json],
    why: "JSON writes values by name. If a later version gives the free name to another number, it \
           reads old JSON as something that was never meant; nothing would stop that version.",
    remedy: "add every name of the value to `reserved` in the enum",
    example: r#"
  message Order {
    State state = 1;
  }

  enum State {
    STATE_UNSPECIFIED = 0;
    STATE_OPEN = 1;
-   STATE_SHIPPED = 2;
+   reserved 2;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for Part { old, new, part: value } in &pairing.values.deleted {
        if value.names.iter().all(|one| new.reserved.has_name(one.name)) {
            continue;
        }
        let message = format!(
            "Previously present enum value \"{}\" on enum \"{}\" was deleted without reserving the name{} {}.",
            value.number,
            new.name,
            if value.names.len() > 1 { "s" } else { "" },
            value.quoted()
        );
        hits.add(value.subject(), At::place(&new.place), old.place.file, message);
    }
}

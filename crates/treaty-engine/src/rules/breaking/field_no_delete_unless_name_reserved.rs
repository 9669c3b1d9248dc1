//! A field is gone and its name is not reserved.

use super::Category::{Csr, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
    categories: Categories {
        v1beta1: Some(&[WireJson]),
        v1: Some(&[WireJson]),
        v2: Some(&[WireJson, Csr]),
    },
    finds: "A field is gone and its name is not reserved",
    breaks: &[Breaks::Json],
    why: "JSON knows fields by name. If a later version gives the free name to another field, it \
           reads old JSON such as `{\"total\": 5}` as something that it is not; nothing would stop \
           that version.",
    remedy: "add the name to `reserved` in the message",
    example: r#"
  message Order {
    string id = 1;
-   int64 total = 2;
+   reserved 2;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for Part { new, part: field, .. } in &pairing.fields.deleted {
        if new.reserved.has_name(field.name) {
            continue;
        }
        let what = field.description().replacen("Field", "field", 1);
        let text = format!(
            "Previously present {what} was deleted without reserving the name \"{}\".",
            field.name
        );
        hits.add(field.subject(), At::place(&new.place), field.place.file, text);
    }
}

//! A field is gone and its number is not reserved.

use super::Category::{Csr, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
    categories: Categories {
        v1beta1: Some(&[WireJson, Wire]),
        v1: Some(&[WireJson, Wire]),
        v2: Some(&[WireJson, Wire, Csr]),
    },
    finds: "A field is gone and its number is not reserved",
    breaks: &[Breaks::Bytes],
    why: "Nothing stops a later version from giving the number to another field, and then old \
           bytes such as `10 2a`, in files, queues and databases too, are read as something that \
           they are not. It is the mistake that corrupts data without an error.",
    remedy: "add the number to `reserved` in the message",
    example: r#"
  message Order {
    string id = 1;
-   int64 total = 2;
+   reserved "total";
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for Part { new, part: field, .. } in &pairing.fields.deleted {
        if new.reserved.has_number(field.number) {
            continue;
        }
        let what = field.description().replacen("Field", "field", 1);
        let text = format!(
            "Previously present {what} was deleted without reserving the number \"{}\".",
            field.number
        );
        hits.add(field.subject(), At::place(&new.place), field.place.file, text);
    }
}

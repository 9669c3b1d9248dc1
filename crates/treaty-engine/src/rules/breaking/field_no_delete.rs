//! A field is gone from its message, reserved or not.

use super::Category::{Csr, File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A field is gone from its message, reserved or not",
    breaks: &[Breaks::Bytes, Breaks::Json, Breaks::Source],
    why: "What an old writer puts there is skipped by a new reader, and an old reader of new bytes \
           finds nothing and goes on with the default: an order without a customer, a price of 0. \
           JSON readers that are strict refuse the name, and code that uses the field does not \
           compile. Reserving number and name keeps them from being used for something else, but \
           gives nobody the value back.",
    remedy: "restore the field and mark it `[deprecated = true]`; delete it only with its \
           package, in a new package (v2)",
    example: r#"
  message Order {
    string id = 1;
-   string customer_id = 2;
+   reserved 2;
+   reserved "customer_id";
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for Part { new, part: field, .. } in &pairing.fields.deleted {
        let what = field.description().replacen("Field", "field", 1);
        let text = format!("Previously present {what} was deleted.");
        hits.add(field.subject(), At::place(&new.place), field.place.file, text);
    }
}

//! A file is gone.

use super::Category::{Csr, File};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::quote::quoted;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File]),
        v1: Some(&[File]),
        v2: Some(&[File, Csr]),
    },
    finds: "A file is gone",
    breaks: &[Breaks::Source],
    why: "Generated code is found by file: whoever imports the `.proto`, or includes the header or \
           module made of it, does not compile. What the file held is judged by rules of its own, \
           also where it moved.",
    remedy: "restore the file; move types only together with a new package version",
    example: r#"
  // shop/v1/order.proto
  message Order {
    string id = 1;
  }
- // shop/v1/item.proto
- message Item {
-   string sku = 1;
- }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for file in &pairing.files.deleted {
        let message = format!("Previously present file {} was deleted.", quoted(file.name));
        hits.add(file.subject(), At::Gone, file.name, message);
    }
}

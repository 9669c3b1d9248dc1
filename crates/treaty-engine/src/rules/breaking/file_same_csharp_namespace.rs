//! A file has another C# namespace.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_CSHARP_NAMESPACE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another C# namespace",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Every generated C# type moves to another namespace, so \
           that code with `using Shop.V1;` does not compile.",
    remedy: "restore `option csharp_namespace`; the other value is for the files of a new \
           package (v2)",
    example: r#"
- option csharp_namespace = "Shop.V1";
+ option csharp_namespace = "Company.Shop.V1";

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "csharp_namespace", 37, text(37));
}

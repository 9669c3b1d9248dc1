//! A file has another Java package.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_JAVA_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another Java package",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Every generated Java type moves to another package, so \
           that each `import` of one fails.",
    remedy: "restore `option java_package`; the other value is for the files of a new package \
           (v2)",
    example: r#"
- option java_package = "com.example.shop.v1";
+ option java_package = "com.example.gen.shop.v1";

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "java_package", 1, text(1));
}

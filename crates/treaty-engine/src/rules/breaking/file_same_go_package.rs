//! A file has another Go package.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_GO_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another Go package",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Generated Go code is imported by this path: code that \
           imports the old one does not compile, and a program that links both copies panics at \
           start, because the same type is registered twice.",
    remedy: "restore `option go_package`; the other value is for the files of a new package (v2)",
    example: r#"
- option go_package = "example.com/shop/v1;shopv1";
+ option go_package = "example.com/gen/shop/v1;shopv1";

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "go_package", 11, text(11));
}

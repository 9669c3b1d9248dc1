//! A file has another Ruby package.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_RUBY_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another Ruby package",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Generated Ruby classes move to another module; code \
           that names the old one fails when it runs.",
    remedy: "restore `option ruby_package`; the other value is for the files of a new package \
           (v2)",
    example: r#"
- option ruby_package = "Shop::V1";
+ option ruby_package = "Company::Shop::V1";

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "ruby_package", 45, text(45));
}

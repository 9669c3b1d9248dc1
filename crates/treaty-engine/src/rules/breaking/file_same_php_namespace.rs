//! A file has another PHP namespace.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_PHP_NAMESPACE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another PHP namespace",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Generated PHP classes move to another namespace; code \
           that uses the old one fails when it runs, not when it is built.",
    remedy: "restore `option php_namespace`; the other value is for the files of a new package \
           (v2)",
    example: r#"
- option php_namespace = "Shop\\V1";
+ option php_namespace = "Company\\Shop\\V1";

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "php_namespace", 41, text(41));
}

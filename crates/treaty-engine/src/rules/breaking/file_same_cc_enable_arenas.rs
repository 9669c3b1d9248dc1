//! A file switches arenas in C++ on or off.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, flag};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_CC_ENABLE_ARENAS",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file switches arenas in C++ on or off",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Without arenas generated C++ messages lack the \
           constructors and setters that take one, and code that passes an arena does not compile.",
    remedy: "restore `option cc_enable_arenas`; the other value is for the files of a new \
           package (v2)",
    example: r#"
- option cc_enable_arenas = true;
+ option cc_enable_arenas = false;

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "cc_enable_arenas", 31, flag(31, true));
}

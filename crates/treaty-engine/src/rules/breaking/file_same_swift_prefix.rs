//! A file has another Swift prefix.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_SWIFT_PREFIX",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another Swift prefix",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Every generated Swift type has another name, so that \
           code that uses one does not compile.",
    remedy: "restore `option swift_prefix`; the other value is for the files of a new package \
           (v2)",
    example: r#"
- option swift_prefix = "SHP";
+ option swift_prefix = "Shop";

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "swift_prefix", 39, text(39));
}

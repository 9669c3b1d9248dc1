//! A file is optimized for something else.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, optimize_for};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_OPTIMIZE_FOR",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file is optimized for something else",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. LITE_RUNTIME takes reflection and descriptors away from \
           generated C++ and Java: code that prints, compares or reflects on messages does not \
           compile, and full and lite types cannot be mixed.",
    remedy: "restore `option optimize_for`; the other value is for the files of a new package \
           (v2)",
    example: r#"
- option optimize_for = SPEED;
+ option optimize_for = LITE_RUNTIME;

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "optimize_for", 9, optimize_for);
}

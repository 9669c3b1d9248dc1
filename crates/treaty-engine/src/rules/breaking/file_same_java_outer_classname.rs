//! A file has another outer Java class.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_JAVA_OUTER_CLASSNAME",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another outer Java class",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. The class that holds the descriptors and, without \
           java_multiple_files, every type of the file has another name; code that uses it does \
           not compile.",
    remedy: "restore `option java_outer_classname`; the other value is for the files of a new \
           package (v2)",
    example: r#"
- option java_outer_classname = "ShopProto";
+ option java_outer_classname = "OrderProto";

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "java_outer_classname", 8, text(8));
}

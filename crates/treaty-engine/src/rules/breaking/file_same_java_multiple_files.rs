//! A file puts Java types into one outer class or into files of their own.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, flag};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_JAVA_MULTIPLE_FILES",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file puts Java types into one outer class or into files of their own",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Generated Java types are called `ShopProto.Order` or \
           just `Order`; every line that names one does not compile.",
    remedy: "restore `option java_multiple_files`; the other value is for the files of a new \
           package (v2)",
    example: r#"
- option java_multiple_files = true;
+ option java_multiple_files = false;

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "java_multiple_files", 10, flag(10, false));
}

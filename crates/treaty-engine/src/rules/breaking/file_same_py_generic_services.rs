//! A file switches generic Python services on or off.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use super::file_option::{changed, flag};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_PY_GENERIC_SERVICES",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file switches generic Python services on or off",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. The generated Python service classes appear or vanish; \
           code that derives from them fails when it is imported. gRPC does not use them.",
    remedy: "restore `option py_generic_services`; the other value is for the files of a new \
           package (v2)",
    example: r#"
- option py_generic_services = true;
+ option py_generic_services = false;

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "py_generic_services", 18, flag(18, false));
}

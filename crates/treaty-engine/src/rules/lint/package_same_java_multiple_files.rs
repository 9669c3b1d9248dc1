//! The files of a package differ in `java_multiple_files`.

use super::package_same_option::{self, flag};
use super::Category::{Basic, Default, Minimal, PackageAffinity, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_SAME_JAVA_MULTIPLE_FILES",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, PackageAffinity]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "The files of a package differ in `java_multiple_files`",
    why: "Half of the package's types are classes of their own, half are inside an outer class: \
           whoever imports one has to look up which.",
    remedy: "set the option alike in all files of the package, or in none",
    example: r#"
  // shop/v1/order.proto
  option java_multiple_files = true;
  // shop/v1/item.proto
- option java_multiple_files = false;
+ option java_multiple_files = true;
"#,
    check,
};

/// `FileOptions.java_multiple_files`.
const OPTION: i32 = 10;

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    package_same_option::check(view, hits, "java_multiple_files", OPTION, flag);
}

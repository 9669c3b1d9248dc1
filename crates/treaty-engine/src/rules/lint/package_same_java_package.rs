//! The files of a package differ in `java_package`.

use super::package_same_option::{self, text};
use super::Category::{Basic, Default, Minimal, PackageAffinity, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_SAME_JAVA_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, PackageAffinity]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "The files of a package differ in `java_package`",
    why: "One package of protobuf becomes two of Java, and what is package-private in one is out \
           of reach for the other.",
    remedy: "set the option alike in all files of the package, or in none",
    example: r#"
  // shop/v1/order.proto
  option java_package = "com.example.shop.v1";
  // shop/v1/item.proto
- option java_package = "com.example.items.v1";
+ option java_package = "com.example.shop.v1";
"#,
    check,
};

/// `FileOptions.java_package`.
const OPTION: i32 = 1;

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    package_same_option::check(view, hits, "java_package", OPTION, text);
}

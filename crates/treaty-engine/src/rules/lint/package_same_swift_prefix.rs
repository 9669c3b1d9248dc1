//! The files of a package differ in `swift_prefix`.

use super::package_same_option::{self, text};
use super::Category::{Basic, Default, Minimal, PackageAffinity, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_SAME_SWIFT_PREFIX",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, PackageAffinity]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "The files of a package differ in `swift_prefix`",
    why: "Types of one package begin with two prefixes in Swift, and users cannot guess which type \
           has which.",
    remedy: "set the option alike in all files of the package, or in none",
    example: r#"
  // shop/v1/order.proto
  option swift_prefix = "Shop";
  // shop/v1/item.proto
- option swift_prefix = "Item";
+ option swift_prefix = "Shop";
"#,
    check,
};

/// `FileOptions.swift_prefix`.
const OPTION: i32 = 39;

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    package_same_option::check(view, hits, "swift_prefix", OPTION, text);
}

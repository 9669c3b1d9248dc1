//! The files of a package differ in `ruby_package`.

use super::package_same_option::{self, text};
use super::Category::{Basic, Default, Minimal, PackageAffinity, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_SAME_RUBY_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, PackageAffinity]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "The files of a package differ in `ruby_package`",
    why: "One package of protobuf becomes two modules of Ruby, and users cannot guess which class \
           is in which.",
    remedy: "set the option alike in all files of the package, or in none",
    example: r#"
  // shop/v1/order.proto
  option ruby_package = "Shop::V1";
  // shop/v1/item.proto
- option ruby_package = "Items::V1";
+ option ruby_package = "Shop::V1";
"#,
    check,
};

/// `FileOptions.ruby_package`.
const OPTION: i32 = 45;

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    package_same_option::check(view, hits, "ruby_package", OPTION, text);
}

//! The files of a package differ in `go_package`.

use super::package_same_option::{self, text};
use super::Category::{Basic, Default, Minimal, PackageAffinity, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_SAME_GO_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, PackageAffinity]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "The files of a package differ in `go_package`",
    why: "One package of protobuf becomes two of Go. As soon as a type of each uses one of the \
           other, they import each other in a circle, which Go refuses.",
    remedy: "set the option alike in all files of the package, or in none",
    example: r#"
  // shop/v1/order.proto
  option go_package = "example.com/shop/v1";
  // shop/v1/item.proto
- option go_package = "example.com/items/v1";
+ option go_package = "example.com/shop/v1";
"#,
    check,
};

/// `FileOptions.go_package`.
const OPTION: i32 = 11;

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    package_same_option::check(view, hits, "go_package", OPTION, text);
}

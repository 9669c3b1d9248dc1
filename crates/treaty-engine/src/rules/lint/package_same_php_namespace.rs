//! The files of a package differ in `php_namespace`.

use super::package_same_option::{self, text};
use super::Category::{Basic, Default, Minimal, PackageAffinity, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_SAME_PHP_NAMESPACE",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, PackageAffinity]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "The files of a package differ in `php_namespace`",
    why: "One package of protobuf becomes two namespaces of PHP; an autoloader that knows one does \
           not find the types of the other.",
    remedy: "set the option alike in all files of the package, or in none",
    example: r#"
  // shop/v1/order.proto
  option php_namespace = "Shop\\V1";
  // shop/v1/item.proto
- option php_namespace = "Items\\V1";
+ option php_namespace = "Shop\\V1";
"#,
    check,
};

/// `FileOptions.php_namespace`.
const OPTION: i32 = 41;

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    package_same_option::check(view, hits, "php_namespace", OPTION, text);
}

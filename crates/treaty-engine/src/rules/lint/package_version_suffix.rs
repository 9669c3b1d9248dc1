//! A package does not end with a version.

use super::Category::{Default, Standard, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, stability};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_VERSION_SUFFIX",
    categories: Categories {
        v1beta1: Some(&[Default, Standard, StyleDefault, StyleStandard]),
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "A package does not end with a version",
    why: "An incompatible redesign needs a second package that is served beside the first. \
           `shop.v1` and `shop.v2` say which is which; beside `shop` nothing does.",
    remedy: "end the package with a version, such as `v1`",
    example: r#"
- // shop/order.proto
- package shop;
+ // shop/v1/order.proto
+ package shop.v1;
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let package = &*file.proto.package;
        if !package.is_empty() && stability(package).is_none() {
            let message = format!(
                "Package name \"{package}\" should be suffixed with a correctly formed version, such as \
                 \"{package}.v1\"."
            );
            hits.add(file, [2], package, message);
        }
    }
}

//! A package is not named in lower_snake.case.

use super::Category::{Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, lower_snake_case};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_LOWER_SNAKE_CASE",
    categories: Categories {
        v1beta1: Some(&[Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A package is not named in lower_snake.case",
    why: "Package names become directories, modules and namespaces; some of these do not tell \
           upper from lower case, and calls carry the name in their path.",
    remedy: "rename the package as the finding says, if nothing has been released with the name",
    example: r#"
  // shop/v1/order.proto
- package Shop.v1;
+ package shop.v1;
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let package = &*file.proto.package;
        let words: Vec<String> = package.split('.').map(lower_snake_case).collect();
        let expected = words.join(".");
        if package != expected {
            let message = format!(
                "Package name \"{package}\" should be lower_snake.case, such as \"{expected}\"."
            );
            hits.add(file, [2], package, message);
        }
    }
}

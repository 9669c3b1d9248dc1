//! A file is not named in lower_snake_case.

use super::Category::{Default, Standard, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, lower_snake_case, quoted};

pub(crate) const RULE: Rule = Rule {
    id: "FILE_LOWER_SNAKE_CASE",
    categories: Categories {
        v1beta1: Some(&[Default, Standard, StyleDefault, StyleStandard]),
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "A file is not named in lower_snake_case",
    why: "File names become names of modules, headers and classes, and on some systems \
           `Order.proto` and `order.proto` are one file and on others two.",
    remedy: "rename the file, and every `import` of it",
    example: r#"
- // shop/v1/OrderState.proto
+ // shop/v1/order_state.proto
  message OrderState {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let path = &*file.proto.name;
        let base = path.rsplit('/').next().unwrap_or(path);
        let dot = base.rfind('.').unwrap_or(base.len());
        let (stem, extension) = base.split_at(dot);
        let expected = lower_snake_case(stem);
        if stem != expected {
            let base = quoted(base);
            let message = format!(
                "Filename {base} should be lower_snake_case{extension}, such as \
                 \"{expected}{extension}\"."
            );
            hits.add_file(file, message);
        }
    }
}

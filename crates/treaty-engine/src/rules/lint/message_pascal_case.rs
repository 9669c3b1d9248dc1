//! A message is not named in PascalCase.

use super::Category::{Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, is_map_entry, pascal_case};

pub(crate) const RULE: Rule = Rule {
    id: "MESSAGE_PASCAL_CASE",
    categories: Categories {
        v1beta1: Some(&[Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A message is not named in PascalCase",
    why: "A message becomes a class or struct, and generators build its name from the words that \
           they find by case: `order_item` comes out differently in each language.",
    remedy: "rename it as the finding says, if nothing has been released with the name",
    example: r#"
- message order_item {
+ message OrderItem {
    string sku = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for at in &file.messages {
            if is_map_entry(at.proto) {
                continue;
            }
            let (name, expected) = (&*at.proto.name, pascal_case(&at.proto.name));
            if name != expected {
                let message =
                    format!("Message name \"{name}\" should be PascalCase, such as \"{expected}\".");
                hits.add(file, file.part(at, &[1]), &*at.proto.full_name, message);
            }
        }
    }
}

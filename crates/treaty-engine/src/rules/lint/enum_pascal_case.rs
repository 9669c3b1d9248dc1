//! An enum is not named in PascalCase.

use super::Category::{Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, pascal_case};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_PASCAL_CASE",
    categories: Categories {
        v1beta1: Some(&[Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "An enum is not named in PascalCase",
    why: "Generators turn the words of a name into a type name of their language, and take words \
           by their case: `order_state` becomes `order_state`, `OrderState` or `Order_state`, each \
           by another one.",
    remedy: "rename it as the finding says, if nothing has been released with the name",
    example: r#"
- enum order_state {
+ enum OrderState {
    ORDER_STATE_UNSPECIFIED = 0;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for at in &file.enums {
            let (name, expected) = (&*at.proto.name, pascal_case(&at.proto.name));
            if name != expected {
                let message =
                    format!("Enum name \"{name}\" should be PascalCase, such as \"{expected}\".");
                hits.add(file, file.part(at, &[1]), &*at.proto.full_name, message);
            }
        }
    }
}

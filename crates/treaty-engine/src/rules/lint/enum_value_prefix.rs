//! The name of an enum value does not begin with that of its enum.

use super::Category::{Default, Standard, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, upper_snake_case};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_PREFIX",
    categories: Categories {
        v1beta1: Some(&[Default, Standard, StyleDefault, StyleStandard]),
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "The name of an enum value does not begin with that of its enum",
    why: "As in C++, values live beside their enum, not in it: two enums of one package cannot \
           both have `OPEN`. Languages that put values into the enum strip the prefix again.",
    remedy: "begin the name with the enum's, in UPPER_SNAKE_CASE",
    example: r#"
  enum State {
    STATE_UNSPECIFIED = 0;
-   OPEN = 1;
+   STATE_OPEN = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for at in &file.enums {
            let prefix = format!("{}_", upper_snake_case(&at.proto.name));
            for (index, value) in (0..).zip(&at.proto.values) {
                let name = &*value.name;
                if !name.starts_with(&prefix) {
                    let message =
                        format!("Enum value name \"{name}\" should be prefixed with \"{prefix}\".");
                    let subject = format!("{}.{name}", at.proto.full_name);
                    hits.add(file, file.part(at, &[2, index, 1]), subject, message);
                }
            }
        }
    }
}

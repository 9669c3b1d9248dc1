//! An enum value is not named in UPPER_SNAKE_CASE.

use super::Category::{Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, upper_snake_case};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_UPPER_SNAKE_CASE",
    categories: Categories {
        v1beta1: Some(&[Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "An enum value is not named in UPPER_SNAKE_CASE",
    why: "Values become constants, and generators find their words, and the prefix to strip, by \
           the underscores: `StateOpen` keeps its prefix in some languages and loses it in others.",
    remedy: "rename it as the finding says, if nothing has been released with the name",
    example: r#"
  enum State {
    STATE_UNSPECIFIED = 0;
-   StateOpen = 1;
+   STATE_OPEN = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for (at, index, value) in file.values() {
            let (name, expected) = (&*value.name, upper_snake_case(&value.name));
            if name != expected {
                let message = format!(
                    "Enum value name \"{name}\" should be UPPER_SNAKE_CASE, such as \"{expected}\"."
                );
                let subject = format!("{}.{name}", at.proto.full_name);
                hits.add(file, file.part(at, &[2, index, 1]), subject, message);
            }
        }
    }
}

//! The value 0 of an enum is not named as the one that says nothing.

use super::Category::{Default, Standard, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, quoted};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_ZERO_VALUE_SUFFIX",
    categories: Categories {
        v1beta1: Some(&[Default, Standard, StyleDefault, StyleStandard]),
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "The value 0 of an enum is not named as the one that says nothing",
    why: "A field that nobody set reads as 0, whatever 0 is called. With `STATE_OPEN = 0` silence \
           says that the order is open, and nobody can tell it from an order that is.",
    remedy: "name it with the suffix, and give what it meant another number",
    example: r#"
  enum State {
-   STATE_OPEN = 0;
+   STATE_UNSPECIFIED = 0;
+   STATE_OPEN = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    let suffix = view.options.enum_zero_value_suffix;
    for file in &view.files {
        for (at, index, value) in file.values().filter(|(_, _, value)| value.number == 0) {
            let name = &*value.name;
            if !name.ends_with(suffix) {
                let suffix = quoted(suffix);
                let message =
                    format!("Enum zero value name \"{name}\" should be suffixed with {suffix}.");
                let subject = format!("{}.{name}", at.proto.full_name);
                hits.add(file, file.part(at, &[2, index, 1]), subject, message);
            }
        }
    }
}

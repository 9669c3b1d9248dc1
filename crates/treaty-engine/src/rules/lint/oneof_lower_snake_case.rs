//! A oneof is not named in lower_snake_case.

use super::Category::{Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, lower_snake_case};

pub(crate) const RULE: Rule = Rule {
    id: "ONEOF_LOWER_SNAKE_CASE",
    categories: Categories {
        v1beta1: Some(&[Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A oneof is not named in lower_snake_case",
    why: "A oneof becomes an enum of cases and an accessor in generated code, both made of the \
           words between underscores; it shares a scope with fields and should look as they do.",
    remedy: "rename it as the finding says, if nothing has been released with the name",
    example: r#"
  message Order {
-   oneof PaidBy {
+   oneof paid_by {
      string card = 1;
      string voucher = 2;
    }
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for (at, index, oneof) in file.oneofs() {
            let (name, expected) = (&*oneof.name, lower_snake_case(&oneof.name));
            if name != expected {
                let message = format!(
                    "Oneof name \"{name}\" should be lower_snake_case, such as \"{expected}\"."
                );
                let subject = format!("{}.{name}", at.proto.full_name);
                hits.add(file, file.part(at, &[8, index, 1]), subject, message);
            }
        }
    }
}

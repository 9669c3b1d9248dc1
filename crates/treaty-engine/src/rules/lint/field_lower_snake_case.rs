//! A field is not named in lower_snake_case.

use super::Category::{Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, field_name, is_map_entry, lower_snake_case};

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_LOWER_SNAKE_CASE",
    categories: Categories {
        v1beta1: Some(&[Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A field is not named in lower_snake_case",
    why: "JSON names and accessors are made of the words between underscores. `customerId` and \
           `customer_id` become one name in JSON and in Java, and the file that has both does not \
           compile.",
    remedy: "rename it as the finding says, if nothing has been released with the name",
    example: r#"
  message Order {
-   string customerId = 1;
+   string customer_id = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for at in &file.fields {
            let (name, expected) = (&*at.proto.name, lower_snake_case(&at.proto.name));
            let in_map = file.message(at).is_some_and(|message| is_map_entry(message.proto));
            if name != expected && !in_map {
                let message = format!(
                    "Field name \"{name}\" should be lower_snake_case, such as \"{expected}\"."
                );
                hits.add(file, file.part(at, &[1]), field_name(file, at), message);
            }
        }
    }
}

//! A field is named `descriptor`.

use super::Category::{Basic, Default, Minimal, Sensible, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, field_name};

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_DESCRIPTOR",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, Sensible]),
        v1: None,
        v2: None,
    },
    deprecated: false,
    finds: "A field is named `descriptor`",
    why: "Generated messages of C++, Java and Python have a `descriptor` of their own, and the \
           field's accessor takes its place or does not compile.",
    remedy: "give it a name that says what it describes",
    example: r#"
  message Product {
-   string descriptor = 1;
+   string description = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for at in &file.fields {
            let name = &*at.proto.name;
            if name.trim_matches('_').eq_ignore_ascii_case("descriptor") {
                let message = format!(
                    "Field name \"{name}\" cannot be any capitalization of \"descriptor\" with any \
                     number of prefix or suffix underscores."
                );
                hits.add(file, file.part(at, &[1]), field_name(file, at), message);
            }
        }
    }
}

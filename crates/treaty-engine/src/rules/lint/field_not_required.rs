//! A field is required.

use treaty_compiler::FieldPresence;
use treaty_compiler::descriptor::Label;

use super::Category::{Basic, Default, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, field_name};

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NOT_REQUIRED",
    categories: Categories {
        v1beta1: None,
        v1: None,
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A field is required",
    why: "A reader refuses a whole message that lacks a required field, whoever left it out. So it \
           can never be removed, and a proxy with an older schema that drops it breaks everyone \
           behind it.",
    remedy: "make it optional and check it where it is used",
    example: r#"
  syntax = "proto2";

  message Order {
-   required string id = 1;
+   optional string id = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let may_be = file.proto.syntax.is_editions();
        for at in &file.fields {
            let name = &at.proto.name;
            let required = match at.proto.label {
                Label::Required => true,
                Label::Repeated => false,
                // An extension is never required, whatever the features around it say.
                Label::Optional => {
                    may_be
                        && at.proto.extendee.is_none()
                        && at.proto.oneof_index.is_none()
                        && file.features(at).field_presence == FieldPresence::LegacyRequired
                }
            };
            if required {
                let message = format!("Field named \"{name}\" should not be required.");
                hits.add(file, file.part(at, &[1]), field_name(file, at), message);
            }
        }
    }
}

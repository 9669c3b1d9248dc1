//! A field has no comment.

use treaty_compiler::descriptor::Kind;

use super::comment_missing::Required;
use super::Category::{Comments};
use super::{Categories, Rule};
use crate::lint::{Hits, View, field_name};

pub(crate) const RULE: Rule = Rule {
    id: "COMMENT_FIELD",
    categories: Categories {
        v1beta1: Some(&[Comments]),
        v1: Some(&[Comments]),
        v2: Some(&[Comments]),
    },
    deprecated: false,
    finds: "A field has no comment",
    why: "A field's type does not tell its unit, its range, who sets it, or what it means to leave \
           it out. Callers who have to guess find out in production.",
    remedy: "say before the field what it holds, in which unit, and what it means when it is not \
           set",
    example: r#"
  message Item {
+   // The price of one piece, in cents.
    int64 price = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let required = Required::new(file);
        for at in &file.fields {
            // The comment of a group is that of its message; entries of maps have no place.
            if at.proto.kind == Some(Kind::Group) {
                continue;
            }
            required.comment(hits, file.path(at), "Field", &at.proto.name, field_name(file, at));
        }
    }
}

//! An enum value has no comment.

use super::comment_missing::Required;
use super::Category::{Comments};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "COMMENT_ENUM_VALUE",
    categories: Categories {
        v1beta1: Some(&[Comments]),
        v1: Some(&[Comments]),
        v2: Some(&[Comments]),
    },
    deprecated: false,
    finds: "An enum value has no comment",
    why: "A name such as `STATE_CLOSED` has as many meanings as readers. The comment stands where \
           they choose: in the documentation of the generated constant.",
    remedy: "say before the value when it is used",
    example: r#"
  enum State {
    // Nobody has said.
    STATE_UNSPECIFIED = 0;
+   // Paid and sent; nothing more will happen.
    STATE_CLOSED = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let required = Required::new(file);
        for (at, index, value) in file.values() {
            required.comment(hits, file.part(at, &[2, index]), "Enum value", &value.name, format!("{}.{}", at.proto.full_name, value.name));
        }
    }
}

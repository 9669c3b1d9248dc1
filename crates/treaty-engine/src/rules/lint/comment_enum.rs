//! An enum has no comment.

use super::comment_missing::Required;
use super::Category::{Comments};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "COMMENT_ENUM",
    categories: Categories {
        v1beta1: Some(&[Comments]),
        v1: Some(&[Comments]),
        v2: Some(&[Comments]),
    },
    deprecated: false,
    finds: "An enum has no comment",
    why: "Generated code carries the comment to where people use the type. What an enum stands \
           for, and whether more values may come, is nowhere else to be read.",
    remedy: "say before the enum what it tells apart",
    example: r#"
+ // How far an order has come.
  enum State {
    STATE_UNSPECIFIED = 0;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let required = Required::new(file);
        for at in &file.enums {
            required.comment(hits, file.path(at), "Enum", &at.proto.name, at.proto.full_name.to_string());
        }
    }
}

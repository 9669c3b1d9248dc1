//! A message has no comment.

use super::comment_missing::Required;
use super::Category::{Comments};
use super::{Categories, Rule};
use crate::lint::{Hits, View, is_map_entry};

pub(crate) const RULE: Rule = Rule {
    id: "COMMENT_MESSAGE",
    categories: Categories {
        v1beta1: Some(&[Comments]),
        v1: Some(&[Comments]),
        v2: Some(&[Comments]),
    },
    deprecated: false,
    finds: "A message has no comment",
    why: "Generated code carries the comment to where people build and read the message. Without \
           one they read the server's source, or guess.",
    remedy: "say before the message what it is",
    example: r#"
+ // What one customer bought at one time.
  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let required = Required::new(file);
        for at in &file.messages {
            if is_map_entry(at.proto) {
                continue;
            }
            required.comment(hits, file.path(at), "Message", &at.proto.name, at.proto.full_name.to_string());
        }
    }
}

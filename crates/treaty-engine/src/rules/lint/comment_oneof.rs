//! A oneof has no comment.

use super::comment_missing::Required;
use super::Category::{Comments};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "COMMENT_ONEOF",
    categories: Categories {
        v1beta1: Some(&[Comments]),
        v1: Some(&[Comments]),
        v2: Some(&[Comments]),
    },
    deprecated: false,
    finds: "A oneof has no comment",
    why: "A oneof says that one of several is set, but not who decides which, nor what it means if \
           none is.",
    remedy: "say before the oneof what it chooses between, and what none of them means",
    example: r#"
  message Payment {
+   // How it was paid; not set while it is open.
    oneof means {
      string card = 1;
      string voucher = 2;
    }
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let required = Required::new(file);
        for (at, index, oneof) in file.oneofs() {
            required.comment(hits, file.part(at, &[8, index]), "Oneof", &oneof.name, format!("{}.{}", at.proto.full_name, oneof.name));
        }
    }
}

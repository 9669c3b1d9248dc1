//! An enum allows two names for one number.

use super::Category::{Basic, Default, Minimal, Sensible, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_NO_ALLOW_ALIAS",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, Sensible]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "An enum allows two names for one number",
    why: "Two names for one number are one value: code cannot tell which was meant, and JSON \
           always writes the first. Taking the second away later breaks whoever reads it.",
    remedy: "give each name a number of its own, and leave out `allow_alias`",
    example: r#"
  enum State {
-   option allow_alias = true;
    STATE_UNSPECIFIED = 0;
    STATE_OPEN = 1;
-   STATE_PLACED = 1;
+   STATE_PLACED = 2;
  }
"#,
    check,
};

/// `EnumOptions.allow_alias`.
const ALLOW_ALIAS: u32 = 2;

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for at in &file.enums {
            if at.proto.options.as_deref().is_some_and(|options| options.flag(ALLOW_ALIAS)) {
                let name = &at.proto.name;
                let message = format!("Enum option \"allow_alias\" on enum \"{name}\" must be false.");
                hits.add(file, file.part(at, &[3, 2]), &*at.proto.full_name, message);
            }
        }
    }
}
